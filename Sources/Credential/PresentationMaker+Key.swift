package import Signing

extension PresentationMaker {
    /// Countersigns with the device key.
    ///
    /// - Parameters:
    ///   - key: the key the credential is bound to.
    ///   - time: the phone's clock.
    ///   - challenge: the gate's challenge, 8 to 16 bytes.
    /// - Returns: the code to show.
    /// - Throws: `key_mismatch`, `bad_presentation`, `expired`, `not_yet_valid`, `signing_failed`.
    package func signed(
        by key: SigningKey, time: UInt64, challenge: [UInt8]? = nil
    ) throws(CredentialError) -> IssuedCredential {
        guard case .deviceKey(let bound)? = claims.person?.binding else { throw mismatch("a device key") }
        let expected = PersonClaims.deviceKeyAlgorithm(byteCount: bound.count, issuedWith: credential.algorithm)
        guard bound == key.verificationKey.raw, expected == key.algorithm else { throw mismatch("this device key") }
        let covered = try covered(time: time, challenge: challenge)
        let signature: [UInt8]
        do {
            signature = try key.sign(covered)
        } catch {
            throw CredentialError(error)
        }
        return try signed(with: signature, time: time, challenge: challenge)
    }
}
