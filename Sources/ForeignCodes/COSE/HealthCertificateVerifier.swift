import Encoding
import Signing

/// Verifies EU DCC texts (`HC1:`) and those of other countries in the same form.
package enum HealthCertificateVerifier {
    /// Judges one scanned text.
    ///
    /// - Parameters:
    ///   - text: the whole text, `HC1:` included.
    ///   - trust: the keys whose signatures count.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the verdict with every stage's result; never personal data.
    package static func verdict(_ text: String, trust: ForeignTrust, at now: UInt64) -> ForeignVerdict {
        var log = ForeignStageLog(.hcert)
        guard let token = ForeignToken(text, log: &log) else { return log.verdict() }
        let claims = token.claims
        guard let payload = claims.map[integer: -260]?.map?[integer: 1], let certificate = payload.map else {
            log.fail(.cbor, "malformed")
            return log.verdict()
        }
        let kinds = HealthEntryKind.allCases.filter { kind in
            !(certificate[text: kind.rawValue]?.array ?? []).isEmpty
        }
        let outcome = token.signer(in: trust, isIdentifierRequired: true) { key in
            key.timeFailure(at: now) == nil && Self.mayList(kinds, key)
        }
        switch outcome {
        case .failure(let code):
            log.fail(.signature, code)
            log.note(.expiration, claims.timeFailure(at: now, in: .hcert))
            log.note(.schema, HealthCertificateSchema.failure(in: certificate))
            return log.verdict()
        case .valid(let signer, let identifierMatched):
            log.pass(.signature)
            if !identifierMatched { log.warn("kid_mismatch") }
            if claims.expiresAt == nil { log.warn("no_expiry") }
            let expiresAt = claims.expiresAt ?? signer.certificate?.notAfter
            log.note(.expiration, timeFailure(claims, expiresAt: expiresAt, at: now) ?? signer.timeFailure(at: now))
            log.note(.keyusage, mayList(kinds, signer) ? nil : "key_not_for_this_use")
            log.note(.schema, HealthCertificateSchema.failure(in: certificate))
            return log.verdict(
                issuer: .init(iss: claims.issuer, kid: token.keyIdentifier, algorithm: signer.key.algorithm.name),
                entryKinds: kinds, expiresAt: expiresAt)
        }
    }

    private static func mayList(_ kinds: [HealthEntryKind], _ key: ForeignKey) -> Bool {
        kinds.allSatisfy { $0.isAllowed(by: key.certificate?.extendedKeyUsages ?? []) }
    }

    /// A code without an expiry lives as long as the certificate that signed it, and under a bare key not at all.
    private static func timeFailure(_ claims: ForeignClaims, expiresAt: UInt64?, at now: UInt64) -> String? {
        guard let expiresAt else { return "malformed" }
        return ForeignProfile.hcert.isOver(expiresAt, at: now) ? "expired" : claims.timeFailure(at: now, in: .hcert)
    }
}
