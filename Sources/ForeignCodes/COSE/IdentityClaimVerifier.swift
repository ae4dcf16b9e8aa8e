import Signing

/// Verifies MOSIP identity codes: CWT claim 169 under EdDSA or ES256.
package enum IdentityClaimVerifier {
    /// Judges one scanned text.
    ///
    /// - Parameters:
    ///   - text: the whole text, in Base45 without a prefix.
    ///   - trust: the keys whose signatures count.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the verdict with every stage's result; never personal data.
    package static func verdict(_ text: String, trust: ForeignTrust, at now: UInt64) -> ForeignVerdict {
        var log = ForeignStageLog(.claim169)
        guard let token = ForeignToken(text, log: &log) else { return log.refused() }
        let claims = token.claims
        let signed = log.check { () throws(ForeignFailure) in
            try ForeignSigned(token, in: trust, isIdentifierRequired: false) { $0.timeFailure(at: now) == nil }
        }
        guard let signed else {
            _ = log.check { () throws(ForeignFailure) in try ClaimsInTime(claims, in: .claim169, at: now) }
            _ = log.check { () throws(ForeignFailure) in try IdentityClaimShaped(claims) }
            return log.refused()
        }
        let algorithm = log.check { () throws(ForeignFailure) in try IdentityAlgorithmTaken(signed) }
        if token.keyIdentifier != nil && !signed.isIdentifierMatched { log.warn("kid_mismatch") }
        if claims.expiresAt == nil { log.warn("no_expiry") }
        let time = log.check { () throws(ForeignFailure) in try IdentityClaimInTime(claims, signed, at: now) }
        let schema = log.check { () throws(ForeignFailure) in try IdentityClaimShaped(claims) }
        let signer = ForeignSigner(token, signed, expiresAt: claims.expiresAt)
        guard let algorithm, let time, let schema else { return log.refused(signer) }
        let proofs = IdentityClaimProofs(
            token: token, signature: signed, algorithm: algorithm, time: time, schema: schema)
        return log.accepted(.identity(proofs), signer)
    }
}
