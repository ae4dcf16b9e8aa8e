import Credential
import Signing

/// The trust list, confirmed by the root.
struct PageTrust {
    /// How far the browser's clock may be behind or ahead, in seconds.
    static let clockSkewSeconds: UInt64 = 120

    let bundle: BundleTrust

    /// The keys under an identifier that may sign for a use and are not struck.
    ///
    /// - Parameters:
    ///   - keyIdentifier: 4 bytes, which several keys may share.
    ///   - use: the kind of document.
    /// - Returns: each record with its key; records whose bytes are no key are left out.
    func keys(_ keyIdentifier: [UInt8], for use: KeyUse) -> [(record: IssuerRecord, key: VerificationKey)] {
        var keys: [(record: IssuerRecord, key: VerificationKey)] = []
        for record in bundle.issuers
        where record.keyIdentifier == keyIdentifier && record.uses.contains(use) && record.status != .compromised {
            if let key = Self.key(record) { keys.append((record, key)) }
        }
        return keys
    }

    /// The key of a record; nil where its bytes are no key, or its algorithm or identifier are another's.
    static func key(_ record: IssuerRecord) -> VerificationKey? {
        guard let key = try? VerificationKey(spki: record.publicKey), key.algorithm == record.algorithm,
            key.keyIdentifier == record.keyIdentifier
        else { return nil }
        return key
    }
}
