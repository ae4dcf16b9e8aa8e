/// The one entry to other issuers' codes.
package enum ForeignVerifier {
    /// Judges a scanned text by its profile.
    ///
    /// - Parameters:
    ///   - text: the whole text.
    ///   - profile: the family the text is said to be of.
    ///   - trust: the keys whose signatures count.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the verdict with every stage's result; never personal data.
    package static func verdict(
        _ text: String, profile: ForeignProfile, trust: ForeignTrust, at now: UInt64
    ) -> ForeignVerdict {
        switch profile {
        case .hcert: HealthCertificateVerifier.verdict(text, trust: trust, at: now)
        case .claim169: IdentityClaimVerifier.verdict(text, trust: trust, at: now)
        }
    }
}
