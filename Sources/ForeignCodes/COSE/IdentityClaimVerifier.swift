import Encoding
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
        guard let token = ForeignToken(text, log: &log) else { return log.verdict() }
        let claims = token.claims
        let outcome = token.signer(in: trust, isIdentifierRequired: false) { $0.timeFailure(at: now) == nil }
        let timeFailure = claims.timeFailure(at: now, in: .claim169)
        let schemaFailure = IdentityClaimSchema.failure(in: claims.map[integer: 169])
        switch outcome {
        case .failure(let code):
            log.fail(.signature, code)
            log.note(.expiration, timeFailure)
            log.note(.schema, schemaFailure)
            return log.verdict()
        case .valid(let signer, let identifierMatched):
            log.note(.signature, signer.key.algorithm == .ps256 ? "algorithm_mismatch" : nil)
            if token.keyIdentifier != nil && !identifierMatched { log.warn("kid_mismatch") }
            if claims.expiresAt == nil { log.warn("no_expiry") }
            log.note(.expiration, timeFailure ?? signer.timeFailure(at: now))
            log.note(.schema, schemaFailure)
            return log.verdict(
                issuer: .init(iss: claims.issuer, kid: token.keyIdentifier, algorithm: signer.key.algorithm.name),
                expiresAt: claims.expiresAt)
        }
    }
}

/// The shape of claim 169: a map whose attributes are of the types that the specification gives them.
enum IdentityClaimSchema {
    /// Identifier, version, language, names, birth date, address, mail, phone, nationality, guardian, and the name in
    /// a second language with that language.
    private static let textAttributes: Set<Int64> = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 19, 20]
    /// Gender, marital status, and the picture's format.
    private static let numberAttributes: Set<Int64> = [9, 14, 17]
    /// The picture.
    private static let pictureAttribute: Int64 = 16

    /// The code of what is wrong with the claim; nil when it holds.
    static func failure(in claim: CBORItem?) -> String? {
        guard let map = claim?.map, !map.entries.isEmpty else { return "malformed" }
        for entry in map.entries {
            guard let key = entry.key.integer else { return "malformed" }
            let isShaped =
                textAttributes.contains(key)
                ? entry.value.text != nil
                : numberAttributes.contains(key)
                    ? entry.value.integer != nil : key != pictureAttribute || entry.value.byteString != nil
            guard isShaped else { return "malformed" }
        }
        return nil
    }
}
