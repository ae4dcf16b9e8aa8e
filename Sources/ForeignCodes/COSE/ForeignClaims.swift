import Encoding

/// The claims of another issuer's CWT (RFC 8392).
struct ForeignClaims {
    /// The deepest nesting of the claims; a health certificate has 7 with its tags.
    private static let depthMax = 16

    /// How far the gate's clock may be behind the issuer's, in seconds.
    static let skewSeconds: UInt64 = 300

    let issuer: String?
    let expiresAt: UInt64?
    let notBefore: UInt64?
    let issuedAt: UInt64?
    let map: CBORMap

    /// Reads the payload.
    ///
    /// - Returns: nil if the payload is not a map, or a time claim is not a time.
    init?(_ payload: ArraySlice<UInt8>) {
        guard
            let item = try? CBORItem.decode(
                payload, rules: .lenient, byteCountMax: ForeignToken.inflatedByteCountMax, depthMax: Self.depthMax),
            let map = Self.untagged(item).map
        else { return nil }
        var times: [Int64: UInt64] = [:]
        for claim in [4, 5, 6] as [Int64] {
            guard let value = map[integer: claim], value != .null else { continue }
            guard let time = Self.time(value) else { return nil }
            times[claim] = time
        }
        issuer = map[integer: 1]?.text
        expiresAt = times[4]
        notBefore = times[5]
        issuedAt = times[6]
        self.map = map
    }

    /// The failure of the time claims; nil if they are valid at `now` by the rule of `profile`.
    func timeFailure(at now: UInt64, in profile: ForeignProfile) -> ForeignFailure? {
        if let expiresAt, profile.isOver(expiresAt, at: now) { return .expired }
        if let start = notBefore ?? issuedAt, start > now, start - now > Self.skewSeconds { return .notYetValid }
        return nil
    }

    /// Removes tags: some issuers tag the claims as a CWT (RFC 8392 §6), a few as a COSE_Sign1.
    private static func untagged(_ item: CBORItem) -> CBORItem {
        var item = item
        while case .tagged(let number, let content) = item, number == 18 || number == 61 { item = content }
        return item
    }

    /// Reads a NumericDate, with or without tag 1; fractions of a second are cut.
    private static func time(_ item: CBORItem) -> UInt64? {
        switch item {
        case .unsigned(let seconds): seconds
        case .float(let seconds): seconds >= 0 && seconds < 0x1p53 ? UInt64(seconds) : nil
        case .tagged(1, let content): time(content)
        default: nil
        }
    }
}
