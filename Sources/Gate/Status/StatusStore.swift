import Credential
import Glibc
import Signing
import Synchronization

/// The gate's status lists: each checked and unpacked once when it arrives, then mapped.
final class StatusStore: Sendable {
    private let folder: String
    private let statePath: String
    private let trust: TrustList
    private let opened = Mutex<[(reference: StatusListReference, list: MappedStatusList, records: [IssuerRecord])]>([])

    init(folder: String, statePath: String, trust: TrustList) {
        self.folder = folder
        self.statePath = statePath
        self.trust = trust
    }

    /// The list of `reference`, if a key that is good at `now` signed it.
    ///
    /// Throws `status_unknown` where there is none or nobody trusted signed it.
    func list(_ reference: StatusListReference, at now: UInt64) throws(BundleError) -> MappedStatusList {
        // Under the lock, so that two threads that meet a new list do not unpack it over one another.
        let (_, list, records) = try opened.withLock { (opened) throws(BundleError) in
            if let known = opened.first(where: { $0.reference == reference }) { return known }
            let list = try open(reference)
            opened.append((reference, list, signers(list.signer, for: reference)))
            return opened[opened.count - 1]
        }
        guard records.contains(where: { list.issuedAt >= $0.notBefore && now < $0.expiresAt }) else {
            throw BundleError(
                code: .statusUnknown, reason: "the key that signed the status list \(reference.name) is not good now",
                hint: "export a new bundle")
        }
        return list
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
