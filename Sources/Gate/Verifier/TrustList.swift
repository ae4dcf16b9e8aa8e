import Signing
import Synchronization

/// The issuers' keys by their identifier; each is parsed at its first use.
final class TrustList: Sendable {
    /// In the order of their key identifiers.
    private let records: [IssuerRecord]
    /// The key of each record.
    private let parsed: Mutex<[VerificationKey?]>

    init(_ records: [IssuerRecord]) {
        self.records = records.sorted { $0.keyIdentifier.lexicographicallyPrecedes($1.keyIdentifier) }
        parsed = Mutex([VerificationKey?](repeating: nil, count: records.count))
    }

    /// Every record under a key identifier; several keys may share one.
    func records(_ keyIdentifier: [UInt8]) -> [IssuerRecord] {
        Array(records[places(keyIdentifier)])
    }

    /// The key of a record; nil if its bytes are not a key, or the identifier belongs to another key.
    func key(_ record: IssuerRecord) -> VerificationKey? {
        guard let place = places(record.keyIdentifier).first(where: { records[$0].publicKey == record.publicKey })
        else {
            return nil
        }
        if let key = parsed.withLock({ $0[place] }) { return key }
        guard let key = try? VerificationKey(spki: record.publicKey), key.algorithm == record.algorithm,
            key.keyIdentifier == record.keyIdentifier
        else { return nil }
        parsed.withLock { $0[place] = key }
        return key
    }

    private func places(_ keyIdentifier: [UInt8]) -> Range<Int> {
        var (first, end) = (0, records.count)
        while first < end {
            let middle = (first + end) / 2
            if records[middle].keyIdentifier.lexicographicallyPrecedes(keyIdentifier) {
                first = middle + 1
            } else {
                end = middle
            }
        }
        while end < records.count, records[end].keyIdentifier == keyIdentifier { end += 1 }
        return first..<end
    }
}
