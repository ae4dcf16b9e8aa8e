/// Verifies the codes of other issuers, by their profile.
package enum ForeignVerifier {
    /// Judges a scanned text by its profile.
    ///
    /// - Parameters:
    ///   - text: the whole text.
    ///   - profile: the family that the caller names for the text.
    ///   - trust: the keys whose signatures count.
    ///   - valueSets: the codes that a health certificate may have; nil to check none. Other profiles have none.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the verdict with every stage's result; never personal data.
    package static func verdict(
        _ text: String, profile: ForeignProfile, trust: ForeignTrust, valueSets: HealthValueSets? = nil, at now: UInt64
    ) -> ForeignVerdict {
        switch profile {
        case .hcert: HealthCertificateVerifier.verdict(text, trust: trust, valueSets: valueSets, at: now)
        case .claim169: IdentityClaimVerifier.verdict(text, trust: trust, at: now)
        }
    }
}

/// The supported families of other issuers' codes.
package enum ForeignProfile: String, Sendable, CaseIterable {
    /// EU Digital COVID Certificates, and certificates of other countries in the same form.
    case hcert
    /// MOSIP identity data under CWT claim 169.
    case claim169

    /// Whether a code with the expiry time `end` has expired.
    ///
    /// By RFC 8392 §3.1.4 a code is expired at `end` itself; in the test data of the states that issue health
    /// certificates, `end` is the last valid second (13 cases of Denmark and Spain).
    func isOver(_ end: UInt64, at now: UInt64) -> Bool {
        self == .hcert ? end < now : end <= now
    }

    /// The reported stages, in the order in which they run.
    package var stages: [ForeignStage] {
        switch self {
        case .hcert: [.unprefix, .base45, .zlib, .cose, .cbor, .signature, .expiration, .keyusage, .schema, .valueSets]
        case .claim169: [.base45, .zlib, .cose, .cbor, .signature, .expiration, .schema]
        }
    }
}
