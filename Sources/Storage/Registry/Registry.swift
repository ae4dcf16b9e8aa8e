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
