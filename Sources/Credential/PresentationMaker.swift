package import Signing

/// Adds the phone's presentation to its credential at every showing.
package struct PresentationMaker: Sendable {
    private let credential: UnverifiedCredential
    private let claims: Claims

    /// Reads the phone's credential, with or without an earlier presentation in it.
    ///
    /// - Parameter text: the issued text, `SP1:…`.
    /// - Throws: `malformed`, `unsupported_version`, `algorithm_mismatch`, `bad_presentation`.
    package init(text: String) throws(CredentialError) {
        credential = try UnverifiedCredential(text: text)
        claims = try credential.claimsUnchecked()
    }

    /// The suite of the issuer.
    package var suite: Suite { credential.algorithm.suite ?? .ed25519 }

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
        try checkLife(at: time)
        let context = try PresentationContext(time: time, challenge: challenge)
        let covered = SignatureStructure.countersignature0(
            of: credential.message, externalData: context.encoded()[...])
        do {
            return presented(.signed(signature: try key.sign(covered), context: context))
        } catch {
            throw CredentialError(error)
        }
    }

    /// Adds the link of the slot that contains `time`.
    ///
    /// - Parameters:
    ///   - seed: the seed of the chain whose anchor the credential is bound to.
    ///   - time: the phone's clock.
    /// - Returns: the code to show.
    /// - Throws: `key_mismatch`, `expired`, `not_yet_valid`.
    package func linked(by seed: ChainSeed, time: UInt64) throws(CredentialError) -> IssuedCredential {
        guard case .anchor(let anchor)? = claims.person?.binding else { throw mismatch("a chain") }
        guard seed.anchor == anchor, seed.digest == suite.digest else { throw mismatch("this chain") }
        try checkLife(at: time)
        let slot = (time - claims.issuedAt) / HashChain.slotSeconds
        guard let link = seed.link(slot: Int(slot)) else {
            throw CredentialError(
                code: .keyMismatch, reason: "the chain has \(seed.slotCount) slots, but slot \(slot) is needed",
                hint: "make the chain as long as the code's life")
        }
        return presented(.chain(slot: slot, link: link))
    }

    private func checkLife(at time: UInt64) throws(CredentialError) {
        guard time >= claims.issuedAt else {
            throw CredentialError(
                code: .notYetValid, reason: "the code was issued at \(claims.issuedAt), and the time is \(time)",
                hint: "check the clock, or the time that --at gives")
        }
        guard let end = claims.expiresAt, time < end else {
            throw CredentialError(code: .expired, reason: "the code has expired", hint: "ask the issuer for a new code")
        }
    }

    private func presented(_ presentation: Presentation) -> IssuedCredential {
        IssuedCredential(
            bytes: credential.message.bytes(unprotectedHeader: presentation.header()), claims: claims)
    }

    private func mismatch(_ what: String) -> CredentialError {
        CredentialError(
            code: .keyMismatch, reason: "the credential is not bound to \(what)",
            hint: "use the key or the seed that the credential was issued for")
    }
}
