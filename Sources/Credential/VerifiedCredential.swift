package import Signing

/// A code with a valid issuer's signature; only ``UnverifiedCredential/verified(by:)`` makes it.
package struct VerifiedCredential: Sendable {
    package let claims: Claims

    private let credential: UnverifiedCredential

    init(credential: UnverifiedCredential, claims: Claims) {
        self.credential = credential
        self.claims = claims
    }

    package var form: Form { credential.form }
    package var host: String? { credential.host }
    package var algorithm: SignatureAlgorithm { credential.algorithm }
    package var keyIdentifier: [UInt8] { credential.keyIdentifier }
    /// The credential without its presentation.
    package var credentialBytes: [UInt8] { credential.credentialBytes }
    /// The phone's presentation, not yet checked: see ``checkedPresentation()``.
    package var presentation: Presentation? { credential.presentation }

    var message: SignedMessage { credential.message }

    /// Checks that `now` is in the code's lifetime.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - skewSeconds: the permitted difference between the issuer's clock and this one.
    /// - Throws: `expired`, `not_yet_valid`.
    package func checkValidity(at now: UInt64, skewSeconds: UInt64) throws(CredentialError) {
        let begin = max(claims.issuedAt, claims.notBefore ?? 0)
        if begin > now.saturatingAdd(skewSeconds) {
            throw CredentialError(
                code: .notYetValid, reason: "the code is valid from \(begin), and the time is \(now)",
                hint: "check this machine's clock")
        }
        if let end = claims.expiresAt, now >= end.saturatingAdd(skewSeconds) {
            throw CredentialError(
                code: .expired, reason: "the code expired at \(end), and the time is \(now)", hint: "ask for a new code"
            )
        }
    }
}

extension UInt64 {
    /// The sum, or the largest number where the sum does not fit: the times in a code are not trusted.
    func saturatingAdd(_ other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
