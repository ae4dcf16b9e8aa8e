import Signing

/// Verifies EU DCC texts (`HC1:`), and texts of other countries in the same form.
package enum HealthCertificateVerifier {
    /// Judges one scanned text.
    ///
    /// - Parameters:
    ///   - text: the whole text, `HC1:` included.
    ///   - trust: the keys whose signatures count.
    ///   - valueSets: the codes that the entries may have; nil to check none.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the verdict with every stage's result; never personal data.
    package static func verdict(
        _ text: String, trust: ForeignTrust, valueSets: HealthValueSets? = nil, at now: UInt64
    ) -> ForeignVerdict {
        var log = ForeignStageLog(.hcert, hasValueSets: valueSets != nil)
        guard let token = ForeignToken(text, log: &log),
            let certificate = log.check({ () throws(ForeignFailure) in try HealthCertificate(token) })
        else { return log.refused() }
        let claims = token.claims
        let signed = log.check { () throws(ForeignFailure) in
            try ForeignSigned(token, in: trust, isIdentifierRequired: true) { key in
                key.timeFailure(at: now) == nil && certificate.maySign(key)
            }
        }
        guard let signed else {
            _ = log.check { () throws(ForeignFailure) in try ClaimsInTime(claims, in: .hcert, at: now) }
            _ = content(of: certificate, valueSets, &log)
            return log.refused()
        }
        if !signed.isIdentifierMatched { log.warn("kid_mismatch") }
        if claims.expiresAt == nil { log.warn("no_expiry") }
        let expiresAt = claims.expiresAt ?? signed.signer.certificate?.notAfter
        let time = log.check { () throws(ForeignFailure) in
            try HealthCertificateInTime(claims, expiresAt: expiresAt, signed, at: now)
        }
        let use = log.check { () throws(ForeignFailure) in try KeyMaySign(certificate, signed) }
        let content = content(of: certificate, valueSets, &log)
        let signer = ForeignSigner(token, signed, expiresAt: expiresAt)
        guard let time, let use, let content else { return log.refused(signer, entryKinds: certificate.kinds) }
        let proofs = HealthCertificateProofs(
            token: token, certificate: certificate, signature: signed, time: time, use: use,
            schema: content.schema, values: content.values)
        return log.accepted(.health(proofs), signer, entryKinds: certificate.kinds)
    }
    /// Checks the content: its structure, and then the codes in it.
    private static func content(
        of certificate: HealthCertificate, _ valueSets: HealthValueSets?, _ log: inout ForeignStageLog
    ) -> (schema: HealthCertificateShaped, values: HealthValuesListed)? {
        guard let schema = log.check({ () throws(ForeignFailure) in try HealthCertificateShaped(certificate) }),
            let values = log.check({ () throws(ForeignFailure) in
                try HealthValuesListed(certificate, schema, in: valueSets)
            })
        else { return nil }
        return (schema, values)
    }
}
