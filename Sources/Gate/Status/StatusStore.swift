import Credential
import Glibc
import Platform
import Signing
import Synchronization

/// The status lists of one generation of a gate's folder: each checked and unpacked once when it arrives, then mapped.
///
/// A one-shot gate opens a list when a code needs it. A running gate opens all of them at once and no list afterwards
/// (``openAll(at:)``), since the folder may by then hold the next generation's lists.
final class StatusStore: Sendable {
    private struct State {
        var opened: [OpenedStatusList] = []
        /// The lists whose times the gate has already remembered.
        var remembered: Set<StatusListReference> = []
        /// The unusable lists and their errors after ``openAll(at:)``; nil while lists are still opened on demand.
        var failures: [StatusListReference: BundleError]?
        /// What hot lists say; nil until a code is looked up.
        var hot: HotListReader.Reading?
        /// The references of the open lists when ``hot`` was last remembered.
        var hotCount = 0
    }

    private let folder: String
    private let users: TrustedUsers
    private let statePath: String
    private let bundle: GateBundle
    private let trust: TrustList
    private let memory: GateMemory
    private let hotLists: HotListReader
    private let state = Mutex(State())

    init(
        folder: String, users: TrustedUsers = .own, statePath: String, bundle: GateBundle, trust: TrustList,
        memory: GateMemory, after former: StatusStore? = nil
    ) {
        self.folder = folder
        self.users = users
        self.statePath = statePath
        self.bundle = bundle
        self.trust = trust
        self.memory = memory
        hotLists = HotListReader(
            folder: folder, users: users, statePath: statePath, bundle: bundle, trust: trust, memory: memory,
            after: former?.state.withLock { $0.hot?.known })
    }

    /// Finds the shard that holds the bit of an index, and the bit's place in that shard.
    ///
    /// A bundle made before shards existed names one list, which may be longer than one shard.
    ///
    /// - Parameters:
    ///   - index: a code's status index.
    ///   - list: the code's list; its shard number is ignored.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - skewSeconds: the gate's clock skew; a list dated further ahead is not remembered.
    /// - Returns: the shard, and the number of an existing bit in it.
    /// - Throws: `status_unknown` if no list of the bundle holds the index, or no trusted key signed the list.
    func bit(
        of index: UInt64, in list: StatusListReference, at now: UInt64, skewSeconds: UInt64
    ) throws(BundleError) -> (shard: OpenedStatusList, bit: UInt64) {
        let (reference, whole) = (list.shard(of: index), list.shard(0))
        let isSharded = reference == whole || bundle.statusLists.contains(reference)
        let shard = try self.list(isSharded ? reference : whole, at: now, skewSeconds: skewSeconds)
        let bit = isSharded ? index % StatusListReference.shardBitCount : index
        guard bit < shard.list.bitCount else {
            throw BundleError(
                code: .statusUnknown, reason: "the status list \(shard.reference.name) ends before index \(index)",
                hint: "fetch the newest bundle with its status lists")
        }
        return (shard, bit)
    }

    /// The list of `reference`, if the bundle names it and its signer's key is valid at `now`.
    ///
    /// Throws `status_unknown` if the list is missing or no trusted key signed it.
    func list(
        _ reference: StatusListReference, at now: UInt64, skewSeconds: UInt64
    ) throws(BundleError) -> OpenedStatusList {
        // Under the lock, so that two threads do not unpack the same new list at once.
        try state.withLock { (state) throws(BundleError) in
            let opened = try self.opened(reference, &state)
            guard opened.signers.contains(where: { $0.signs(at: opened.list.issuedAt) && now < $0.expiresAt }) else {
                throw BundleError(
                    code: .statusUnknown,
                    reason: "the key that signed the status list \(reference.name) is not valid now",
                    hint: "export a new bundle")
            }
            // Only a one-shot gate remembers here: a running gate remembers all lists of a generation at once.
            let isAhead = SignedTime.isAhead(opened.list.issuedAt, of: now, skewSeconds: skewSeconds)
            if state.failures == nil, !opened.isOutdated, !isAhead, !state.remembered.contains(reference) {
                try memory.remember([reference.name: opened.list.issuedAt])
                state.remembered.insert(reference)
            }
            return opened
        }
    }

    /// What hot lists say; a one-shot gate reads and remembers them here, once a list is open.
    ///
    /// Throws `bundle_unreadable` if the gate has lost or cannot write what it has seen of hot lists.
    func hotList(at now: UInt64, skewSeconds: UInt64) throws(BundleError) -> HotList {
        try state.withLock { (state) throws(BundleError) in
            let reading = try hotReading(at: now, skewSeconds: skewSeconds, &state)
            // Only a one-shot gate remembers here: a running gate remembers a whole generation at once.
            if state.failures == nil, state.hotCount < state.opened.count {
                state.hot = try hotLists.remember(
                    reading, beside: Self.sound(state.opened, at: now, skewSeconds: skewSeconds))
                state.hotCount = state.opened.count
            }
            return reading.hotList
        }
    }

    /// Remembers the hot list that ``openAll(at:skewSeconds:)`` read.
    func rememberHotList(at now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        try state.withLock { (state) throws(BundleError) in
            guard let reading = state.hot else { return }
            state.hot = try hotLists.remember(
                reading, beside: Self.sound(state.opened, at: now, skewSeconds: skewSeconds))
        }
    }

    /// Why the folder's hot list is not taken; nil where it is, where there is none, and before it is read.
    var hotListRefusal: BundleError? { state.withLock { $0.hot?.hotList.refusal } }

    private func hotReading(
        at now: UInt64, skewSeconds: UInt64, _ state: inout State
    ) throws(BundleError) -> HotListReader.Reading {
        if let reading = state.hot { return reading }
        let reading = try hotLists.read(at: now, skewSeconds: skewSeconds)
        state.hot = reading
        return reading
    }

    private static func sound(
        _ opened: [OpenedStatusList], at now: UInt64, skewSeconds: UInt64
    ) -> [OpenedStatusList] {
        opened.filter { list in
            !list.isOutdated && !SignedTime.isAhead(list.list.issuedAt, of: now, skewSeconds: skewSeconds)
        }
    }

    /// What ``openAll(at:skewSeconds:)`` found; the gate's memory is unchanged.
    struct Opening {
        /// The times of the usable lists by name.
        let times: [String: UInt64]
        /// The errors of the other lists.
        let failures: [StatusListReference: BundleError]
        /// The error of a hot list that is not taken.
        let hotRefusal: BundleError?

        var isComplete: Bool { failures.isEmpty && hotRefusal == nil }

        /// The error to report of several.
        var refusal: BundleError? { failures.min { $0.key.name < $1.key.name }?.value ?? hotRefusal }
    }

    /// Opens every list that the bundle names, and the hot list; afterwards the store opens no other list.
    func openAll(at now: UInt64, skewSeconds: UInt64) -> Opening {
        let failures = state.withLock { state in
            var failures: [StatusListReference: BundleError] = [:]
            for reference in bundle.statusLists {
                do throws(BundleError) {
                    _ = try opened(reference, &state)
                } catch {
                    failures[reference] = error
                }
            }
            state.failures = failures
            return failures
        }
        var times: [String: UInt64] = [:]
        var unusable = failures
        for reference in bundle.statusLists where failures[reference] == nil {
            do throws(BundleError) {
                let opened = try list(reference, at: now, skewSeconds: skewSeconds)
                guard !opened.isOutdated else { throw opened.outdated }
                try opened.checkNotAhead(of: now, skewSeconds: skewSeconds)
                times[reference.name] = opened.list.issuedAt
            } catch {
                unusable[reference] = error
            }
        }
        let hotRefusal = state.withLock { state -> BundleError? in
            do throws(BundleError) {
                return try hotReading(at: now, skewSeconds: skewSeconds, &state).hotList.refusal
            } catch {
                return error
            }
        }
        return Opening(times: times, failures: unusable, hotRefusal: hotRefusal)
    }

    private func opened(
        _ reference: StatusListReference, _ state: inout State
    ) throws(BundleError) -> OpenedStatusList {
        if let known = state.opened.first(where: { $0.reference == reference }) { return known }
        guard bundle.statusLists.contains(reference) else {
            throw BundleError(
                code: .statusUnknown, reason: "the bundle names no status list \(reference.name)",
                hint: "export a new bundle")
        }
        if let failures = state.failures, let failure = failures[reference] { throw failure }
        let list = try open(reference)
        let opened = OpenedStatusList(
            reference: reference, list: list, signers: signers(list.signer, for: reference),
            issuedAtMin: max(
                bundle.statusListTimes[reference] ?? bundle.issuedAt, memory.newestTime(ofList: reference.name)))
        state.opened.append(opened)
        return opened
    }

    private func open(_ reference: StatusListReference) throws(BundleError) -> MappedStatusList {
        let source = "\(folder)/\(BundleExport.path(of: reference))"
        guard unsafe access(source, F_OK) == 0 else {
            throw BundleError(
                code: .statusUnknown, reason: "the gate has no status list \(reference.name)",
                hint: "export a new bundle")
        }
        try GateFile.check("\(folder)/\(BundleExport.statusFolder)", users)
        let bytes = try GateFile.read(source, of: users, byteCountMax: StatusListToken.byteCountMax)
        let digest = DigestAlgorithm.sha256.digest(bytes)
        let path = "\(statePath)/\(reference.name).bits"
        // The signer's record may have changed since the list was unpacked, so the key is looked up again.
        if let list = MappedStatusList(path), list.tokenDigest == digest, !signers(list.signer, for: reference).isEmpty
        {
            return list
        }
        var signer: [UInt8] = []
        let token = try StatusListToken(bytes[...]) { message in
            guard let record = self.signer(of: message, for: reference) else { return false }
            signer = record.keyIdentifier + DigestAlgorithm.sha256.digest(record.publicKey)
            return true
        }
        guard token.subject == reference.name || token.isPublished(as: reference.name) else {
            throw BundleError(
                code: .statusUnknown, reason: "\(source) holds the list \(token.subject)", hint: "export a new bundle")
        }
        let header = MappedStatusList.header(token, tokenDigest: digest, signer: signer)
        try GateFile.replace(path, with: header, token.list.bytes)
        // Another process that shares the folder may have replaced the file with another token's bits.
        guard let list = MappedStatusList(path), list.tokenDigest == digest else { throw GateFile.unreadable(path) }
        return list
    }

    private func signer(of message: SignedMessage, for reference: StatusListReference) -> IssuerRecord? {
        trust.records(message.keyIdentifier).first { record in
            Self.maySignList(record, for: reference) && trust.key(record).map(message.isSigned(by:)) == true
        }
    }

    /// The records of an unpacked list's signer; empty if that key may not sign this list.
    private func signers(_ signer: [UInt8], for reference: StatusListReference) -> [IssuerRecord] {
        trust.records(Array(signer.prefix(4))).filter { record in
            Self.maySignList(record, for: reference)
                && DigestAlgorithm.sha256.digest(record.publicKey).elementsEqual(signer.dropFirst(4))
        }
    }

    private static func maySignList(_ record: IssuerRecord, for reference: StatusListReference) -> Bool {
        record.uses.contains(.statuslist) && record.status != .compromised && record.issuer == reference.issuer
    }
}
