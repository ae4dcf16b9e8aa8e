extension ForeignVerdict {
    /// What happened at the first stage that failed; nil when none did.
    package var reason: String? {
        guard let stage = stages.first(where: { $0.result == .failed })?.stage else { return nil }
        return switch (stage, code) {
        case (.unprefix, _): "the text does not begin with HC1:, or is longer than a QR code holds"
        case (.base45, _): "the text is no Base45"
        case (.zlib, _): "what the text holds cannot be unpacked, or unpacks to more than a code may hold"
        case (.cose, _): "what the text holds is no COSE_Sign1 with its payload"
        case (.cbor, _): "the signed claims are not those of this profile"
        case (.signature, "unknown_issuer"): "no key of the trust file has the code's identifier or made it"
        case (.signature, "algorithm_mismatch"): "the code names an algorithm that its key does not have"
        case (.signature, _): "the signature does not fit the key that the code names"
        case (.expiration, "key_expired"): "the certificate that signed the code has ended"
        case (.expiration, "not_yet_valid"): "the code, or the certificate that signed it, is not valid yet"
        case (.expiration, "malformed"): "the code says no end, and neither does the key that signed it"
        case (.expiration, _): "the code has ended"
        case (.keyusage, _): "the certificate may not sign entries of this kind"
        case (.schema, _): "the content is not as the profile's schema has it"
        }
    }
}
