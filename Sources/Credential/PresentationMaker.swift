package import Signing

/// Adds the phone's presentation to its credential at every showing.
package struct PresentationMaker: Sendable {
    let credential: UnverifiedCredential
    /// The credential's claims, with no signature checked.
    package let claims: Claims

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

    /// The bytes that the device key signs at a showing.
    ///
    /// - Parameters:
    ///   - time: the phone's clock.
    ///   - challenge: the gate's challenge, 8 to 16 bytes.
    /// - Returns: the `Countersign_structure` (RFC 9338 §3.3).
    /// - Throws: `key_mismatch`, `bad_presentation`, `expired`, `not_yet_valid`.
    package func covered(time: UInt64, challenge: [UInt8]? = nil) throws(CredentialError) -> [UInt8] {
        _ = try deviceKeyAlgorithm()
        try checkLife(at: time)
        let context = try PresentationContext(time: time, challenge: challenge)
        return SignatureStructure.countersignature0(of: credential.message, externalData: context.encoded()[...])
    }

    /// Adds a signature that the device key made elsewhere; whether it is the key's is for the gate to check.
    ///
    /// - Parameters:
    ///   - signature: 64 bytes over ``covered(time:challenge:)``; of P-256, s may be the higher one.
    ///   - time: the time that was signed.
    ///   - challenge: the challenge that was signed.
    /// - Returns: the code to show.
    /// - Throws: `key_mismatch`, `bad_presentation`, `expired`, `not_yet_valid`.
    package func signed(
        with signature: [UInt8], time: UInt64, challenge: [UInt8]? = nil
    ) throws(CredentialError) -> IssuedCredential {
        let algorithm = try deviceKeyAlgorithm()
        try checkLife(at: time)
        guard let signature = algorithm.normalized(signature) else {
            throw CredentialError(
                code: .badPresentation, reason: "\(signature.count) bytes that are not an \(algorithm.name) signature",
                hint: "give the 64 bytes that the device key made, r and s without DER")
        }
        let context = try PresentationContext(time: time, challenge: challenge)
        return presented(.signed(signature: signature, context: context))
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
        let slot = HashChain.slot(at: time, from: claims.issuedAt)
        guard let link = seed.link(slot: Int(slot)) else {
            throw CredentialError(
                code: .keyMismatch, reason: "the chain has \(seed.slotCount) slots, but slot \(slot) is needed",
                hint: "make the chain as long as the code's life")
        }
        return presented(.chain(slot: slot, link: link))
    }

    /// The algorithm of the device key that the credential is bound to.
    private func deviceKeyAlgorithm() throws(CredentialError) -> SignatureAlgorithm {
        guard case .deviceKey(let bound)? = claims.person?.binding,
            let algorithm = PersonClaims.deviceKeyAlgorithm(byteCount: bound.count, issuedWith: credential.algorithm)
        else { throw mismatch("a device key") }
        return algorithm
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

    func mismatch(_ what: String) -> CredentialError {
        CredentialError(
            code: .keyMismatch, reason: "the credential is not bound to \(what)",
            hint: "use the key or the seed that the credential was issued for")
    }
}
