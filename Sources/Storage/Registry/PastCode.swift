package import Credential

/// An issued code in a subject's history; the code's text is not kept.
package struct PastCode: Sendable, Equatable {
    /// The `cti`, or random bytes for a form without a `cti`.
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
    /// The time at which the code's own index or its guardian's index was revoked.
    package let revokedAt: UInt64?
    /// The reason of the revocation, if one was given.
    package internal(set) var revocationReason: String?
}

extension Registry {
    /// Reads the codes that a subject holds or is guardian of, oldest first, from the code after `after`.
    package func history(
        of subject: SubjectIdentifier, after: [UInt8]?, count: Int, in snapshot: any RegistrySnapshot
    ) throws -> [PastCode] {
        try snapshot.codes(of: subject.text, after: after, count: count).map { stored in
            var code = stored.code
            guard let sealed = stored.sealedReason else { return code }
            guard let list = code.list, let index = stored.revokedIndex else {
                throw StorageError.corruptRow("a revocation has a reason and no index")
            }
            code.revocationReason = try cipher.reason(sealed, list: list, statusIndex: index)
            return code
        }
    }
}
