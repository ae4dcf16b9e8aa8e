/// The transit codes seen lately, by card account and generation time: never by bytes, since the holder's phone can
/// sign the same data again and get other bytes.
package struct TransitReplayWindow: Sendable {
    /// The most codes remembered; when full of live ones, further codes are refused rather than let through twice.
    package static let entryCountMax = 100_000

    private var expiries: [[UInt8]: UInt64] = [:]

    package init() {}

    /// Remembers a code.
    ///
    /// - Parameters:
    ///   - key: `TransitVerdict.replayKey`.
    ///   - expiry: the last second in which the code could be accepted.
    ///   - now: seconds since 1970.
    /// - Returns: false when it was seen before, or when nothing more can be remembered.
    package mutating func remember(_ key: [UInt8], until expiry: UInt64, at now: UInt64) -> Bool {
        if let seen = expiries[key], seen >= now { return false }
        if expiries.count >= Self.entryCountMax { expiries = expiries.filter { $0.value >= now } }
        guard expiries.count < Self.entryCountMax else { return false }
        expiries[key] = expiry
        return true
    }
}
