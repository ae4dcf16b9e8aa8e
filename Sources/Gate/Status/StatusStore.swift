import Credential
import Glibc
import Signing
import Synchronization

/// The status lists of one generation of a gate's folder: each checked and unpacked once when it arrives, then mapped.
///
/// A one-shot gate opens a list when a code needs it; a gate that runs on opens all of them at once and from then on
/// none (``openAll(at:)``), since the folder may hold the next generation's by then.
final class StatusStore: Sendable {
    private struct State {
        var opened: [OpenedStatusList] = []
        /// The lists whose times the gate remembers.
        var remembered: Set<StatusListReference> = []
        /// Why lists cannot be used; nil as long as they are opened when they are needed.
        var failures: [StatusListReference: BundleError]?
    }

    private let folder: String
    private let statePath: String
    private let bundle: GateBundle
    private let trust: TrustList
    private let memory: GateMemory
    private let state = Mutex(State())

    init(folder: String, statePath: String, bundle: GateBundle, trust: TrustList, memory: GateMemory) {
        self.folder = folder
        self.statePath = statePath
        self.bundle = bundle
        self.trust = trust
        self.memory = memory
    }

    /// The shard that holds the bit of an index, and the bit's place there.
    ///
    /// A bundle made before there were shards names the list alone, which then goes on beyond one shard's length.
    ///
    /// - Parameters:
    ///   - index: a code's status index.
    ///   - list: the code's list; its shard does not matter.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the shard, and a bit that it has.
    /// - Throws: `status_unknown` where no list of the bundle holds the index, or nobody trusted signed it.
    func bit(
        of index: UInt64, in list: StatusListReference, at now: UInt64
    ) throws(BundleError) -> (shard: OpenedStatusList, bit: UInt64) {
        let (reference, whole) = (list.shard(of: index), list.shard(0))
        let isSharded = reference == whole || bundle.statusLists.contains(reference)
        let shard = try self.list(isSharded ? reference : whole, at: now)
        let bit = isSharded ? index % StatusListReference.shardBitCount : index
        guard bit < shard.list.bitCount else {
            throw BundleError(
                code: .statusUnknown, reason: "the status list \(shard.reference.name) ends before index \(index)",
                hint: "fetch the newest bundle with its status lists")
        }
        return (shard, bit)
    }

    /// The list of `reference`, if the bundle names it and a key that is good at `now` signed it.
    ///
    /// Throws `status_unknown` where there is none or nobody trusted signed it.
    func list(_ reference: StatusListReference, at now: UInt64) throws(BundleError) -> OpenedStatusList {
        // Under the lock, so that two threads that meet a new list do not unpack it over one another.
        try state.withLock { (state) throws(BundleError) in
            let opened = try self.opened(reference, &state)
            guard opened.signers.contains(where: { opened.list.issuedAt >= $0.notBefore && now < $0.expiresAt }) else {
                throw BundleError(
                    code: .statusUnknown,
                    reason: "the key that signed the status list \(reference.name) is not good now",
                    hint: "export a new bundle")
            }
            // A running gate remembers all of a generation's lists at once.
            if state.failures == nil, !opened.isOutdated, !state.remembered.contains(reference) {
                try memory.remember([reference.name: opened.list.issuedAt])
                state.remembered.insert(reference)
            }
            return opened
        }
    }

    /// Opens every list that the bundle names; afterwards none is opened any more.
    ///
    /// - Returns: the times of those that are good, by their names, and why the others are not; nothing is remembered.
    func openAll(at now: UInt64) -> (times: [String: UInt64], failures: [StatusListReference: BundleError]) {
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
                let opened = try list(reference, at: now)
                guard !opened.isOutdated else { throw opened.outdated }
                times[reference.name] = opened.list.issuedAt
            } catch {
                unusable[reference] = error
            }
        }
        return (times, unusable)
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
        let bytes = try GateFile.read(source, byteCountMax: StatusListToken.byteCountMax)
        let digest = DigestAlgorithm.sha256.digest(bytes)
        let path = "\(statePath)/\(reference.name).bits"
        // The signer's record may have changed since the list was unpacked, so that its key is asked for again.
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
        guard token.subject == reference.name || token.subject.hasSuffix("/\(reference.name)") else {
            throw BundleError(
                code: .statusUnknown, reason: "\(source) is the list \(token.subject)", hint: "export a new bundle")
        }
        try GateFile.replace(path, with: MappedStatusList.encoded(token, tokenDigest: digest, signer: signer))
        // Another process that shares the folder may have put another token's bits there since.
        guard let list = MappedStatusList(path), list.tokenDigest == digest else { throw GateFile.unreadable(path) }
        return list
    }

    private func signer(of message: SignedMessage, for reference: StatusListReference) -> IssuerRecord? {
        trust.records(message.keyIdentifier).first { record in
            Self.mayList(record, for: reference) && trust.key(record).map(message.isSigned(by:)) == true
        }
    }

    /// The records of an unpacked list's signer; none where it may not sign such lists.
    private func signers(_ signer: [UInt8], for reference: StatusListReference) -> [IssuerRecord] {
        trust.records(Array(signer.prefix(4))).filter { record in
            Self.mayList(record, for: reference)
                && DigestAlgorithm.sha256.digest(record.publicKey).elementsEqual(signer.dropFirst(4))
        }
    }

    private static func mayList(_ record: IssuerRecord, for reference: StatusListReference) -> Bool {
        record.uses.contains(.statuslist) && record.status != .compromised && record.issuer == reference.issuer
    }
}
