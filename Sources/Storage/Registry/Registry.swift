package import Signing

/// The rules of the issuer's registry: subjects, codes, status bits, keys and the audit trail.
///
/// Each method is one step inside a caller's transaction, so that several steps are kept together or not at all.
package struct Registry: Sendable {
    /// The byte count of a person's identifier.
    package static let personByteCount = 16
    /// The byte count of an object's identifier.
    package static let objectByteCount = 8

    let cipher: FieldCipher
    let random: any RandomSource

    package init(cipher: FieldCipher, random: any RandomSource) {
        self.cipher = cipher
        self.random = random
    }
}

/// The registry's installation, and the number of groups of writes that the registry has committed.
package struct RegistryPosition: Sendable, Equatable {
    /// The byte count of an installation's identifier.
    package static let installationByteCount = 16

    /// The installation's identifier: random bytes made with the installation.
    package let installation: [UInt8]
    /// The number of transactions that changed anything.
    package let commitCount: UInt64
    /// The commit count of the newest transaction that opened a block of status indices.
    package let blockCommitCount: UInt64
}
