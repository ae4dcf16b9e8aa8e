package import Signing

/// The rules of the issuer's registry: subjects, codes, status bits, keys and the audit trail.
///
/// Each method is one step inside a caller's transaction, so that an operation of several steps is whole or absent.
package struct Registry: Sendable {
    /// Bytes of a person's identifier.
    package static let personByteCount = 16
    /// Bytes of an object's identifier.
    package static let objectByteCount = 8

    let cipher: FieldCipher
    let random: any RandomSource

    package init(cipher: FieldCipher, random: any RandomSource) {
        self.cipher = cipher
        self.random = random
    }
}
