import Signing
import Synchronization

/// The issuers' keys by their identifier; each is parsed when it is first met.
final class TrustList: Sendable {
    private let records: [[UInt8]: [IssuerRecord]]
    private let parsed = Mutex<[[UInt8]: VerificationKey]>([:])

    init(_ records: [IssuerRecord]) {
        self.records = Dictionary(grouping: records, by: \.keyIdentifier)
    }

    /// Every record under a key identifier; several keys may share one.
    func records(_ keyIdentifier: [UInt8]) -> [IssuerRecord] {
        records[keyIdentifier] ?? []
    }

    /// The key of a record; nil where its bytes are no key or not the one its identifier names.
    func key(_ record: IssuerRecord) -> VerificationKey? {
        if let key = parsed.withLock({ $0[record.publicKey] }) { return key }
        guard let key = try? VerificationKey(spki: record.publicKey), key.algorithm == record.algorithm,
            key.keyIdentifier == record.keyIdentifier
        else { return nil }
        parsed.withLock { $0[record.publicKey] = key }
        return key
    }
}
