package import Credential
package import Platform
import Synchronization

/// Looks codes up in a published tree's status lists and hot list; a file is read again only when it was replaced.
package final class PublishedStatus: Sendable {
    /// The most lists in memory; a list takes at most 16 MiB.
    private static let listCountMax = 16
    private static let rules = StatusRules(hint: "publish the lists again with `suishen publish`")

    private struct Kept<Value: Sendable>: Sendable {
        let identity: FileIdentity?
        let bundleVersion: UInt64
        let value: Value
    }

    private struct State: Sendable {
        var lists: [String: Kept<Result<StatusListToken, BundleError>>] = [:]
        var hot: Kept<Result<HotListToken?, BundleError>>?
        /// Whether the tree has had a hot list; one that is gone would hide revocations.
        var hasSeenHotList = false
    }

    private let tree: String
    private let users: TrustedUsers
    private let state = Mutex(State())

    /// - Parameters:
    ///   - tree: the folder that `suishen publish` writes, or a gate's copy of it.
    ///   - users: the users who may write the tree.
    package init(tree: String, users: TrustedUsers) {
        self.tree = tree
        self.users = users
    }

    /// What the tree says about a code now.
    ///
    /// - Parameters:
    ///   - credential: a code with a valid signature.
    ///   - trust: the tree's trust list, read before.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: `live` only where every index of the code is in lists that are sound and have not ended.
    package func status(
        of credential: VerifiedCredential, in trust: PublishedTrust, at now: UInt64
    ) -> CodeStatus {
        guard let list = credential.claims.statusList else {
            return .unknown(Self.rules.unknown("a code without a status index"))
        }
        var known: UInt64 = .max
        for index in credential.claims.statusIndices {
            do throws(BundleError) {
                let (isRevoked, time) = try bit(
                    Int(index % StatusListReference.shardBitCount), of: list.shard(of: index), in: trust, at: now)
                known = min(known, time)
                if isRevoked { return .revoked(asOf: time) }
            } catch {
                return .unknown(error)
            }
        }
        return .live(asOf: known)
    }

    private func bit(
        _ bit: Int, of reference: StatusListReference, in trust: PublishedTrust, at now: UInt64
    ) throws(BundleError) -> (isRevoked: Bool, time: UInt64) {
        let contents = try CurrentGeneration.path(in: tree, users: users)
        // The hot list first: lists that are read after it are not older than it supposes.
        let hot = try hotList(in: contents, trust)
        let token = try list(reference, in: contents, trust)
        return try Self.rules.status(
            of: bit, in: reference, token, hot, least: trust.bundle.statusListTimes[reference], at: now)
    }

    private func list(
        _ reference: StatusListReference, in contents: String, _ trust: PublishedTrust
    ) throws(BundleError) -> StatusListToken {
        let path = "\(contents)/\(BundleExport.path(of: reference))"
        let identity = FileIdentity(path: path)
        let version = trust.bundle.version
        if let kept = state.withLock({ $0.lists[reference.name] }), kept.identity == identity,
            kept.bundleVersion == version
        {
            return try kept.value.get()
        }
        let read = Result { () throws(BundleError) in try self.read(reference, at: path, trust) }
        state.withLock { state in
            if state.lists.count >= Self.listCountMax { state.lists.removeAll() }
            state.lists[reference.name] = Kept(identity: identity, bundleVersion: version, value: read)
        }
        return try read.get()
    }

    private func read(
        _ reference: StatusListReference, at path: String, _ trust: PublishedTrust
    ) throws(BundleError) -> StatusListToken {
        let bytes = try GateFile.read(path, of: users, byteCountMax: StatusListToken.byteCountMax)
        return try Self.rules.list(bytes[...], reference) { Self.signers(of: $0, trust) }
    }

    /// The tree's hot list; nil where there is none.
    private func hotList(in contents: String, _ trust: PublishedTrust) throws(BundleError) -> HotListToken? {
        let path = "\(contents)/\(BundleExport.hotListPath)"
        let identity = FileIdentity(path: path)
        let version = trust.bundle.version
        if let kept = state.withLock({ $0.hot }), kept.identity == identity, kept.bundleVersion == version {
            return try kept.value.get()
        }
        let read = Result { () throws(BundleError) -> HotListToken? in
            guard identity != nil else {
                guard !state.withLock(\.hasSeenHotList) else { throw Self.rules.unknown("the hot list is gone") }
                return nil
            }
            let bytes = try GateFile.read(path, of: users, byteCountMax: HotListToken.byteCountMax)
            return try Self.rules.hotList(bytes[...], of: nil) { Self.signers(of: $0, trust) }
        }
        state.withLock { state in
            state.hot = Kept(identity: identity, bundleVersion: version, value: read)
            if case .success(.some) = read { state.hasSeenHotList = true }
        }
        return try read.get()
    }

    private static func signers(of message: SignedMessage, _ trust: PublishedTrust) -> [IssuerRecord] {
        trust.trust.records(message.keyIdentifier).filter { record in
            record.uses.contains(.statuslist) && record.status != .compromised
                && trust.trust.key(record).map(message.isSigned(by:)) == true
        }
    }
}
