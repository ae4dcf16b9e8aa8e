/// The claims' numbers (RFC 8392 §3.1, and one of our own).
enum ClaimKey {
    static let issuer: Int64 = 1
    static let expiresAt: Int64 = 4
    static let notBefore: Int64 = 5
    static let issuedAt: Int64 = 6
    static let cti: Int64 = 7
    static let body: Int64 = -65537
}
