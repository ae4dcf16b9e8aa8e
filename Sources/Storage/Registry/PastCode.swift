package import Credential

/// A code that was issued, as a subject's history tells it; its text is not kept.
package struct PastCode: Sendable, Equatable {
    /// The `cti`, or random bytes for a form that has none.
    package let id: [UInt8]
    package let subject: String
    /// The guardian of a delegated code.
    package let guardian: String?
    package let form: Form
    package let kind: PersonKind?
    package let list: String?
    package let statusIndex: UInt64?
    package let issuedAt: UInt64
    package let expiresAt: UInt64?
    package let keyIdentifier: [UInt8]
    /// When its own index, or its guardian's, was revoked.
    package let revokedAt: UInt64?
    /// Why it was revoked, where that was said.
    package internal(set) var revocationReason: String?
}

extension Registry {
    /// Reads the codes that a subject holds or is guardian of, oldest first, from the one behind `after`.
    package func history(
        of subject: SubjectIdentifier, after: [UInt8]?, count: Int, in snapshot: any RegistrySnapshot
    ) throws -> [PastCode] {
        try snapshot.codes(of: subject.text, after: after, count: count).map { stored in
            var code = stored.code
            guard let sealed = stored.sealedReason else { return code }
            guard let list = code.list, let index = stored.revokedIndex else {
                throw StorageError.corruptRow("a revocation's reason without its index")
            }
            code.revocationReason = try cipher.reason(sealed, list: list, statusIndex: index)
            return code
        }
    }
}
