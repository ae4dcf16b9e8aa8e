import Platform
import Signing

/// Holds the requests of each client's address prefix to a pace.
///
/// A prefix is kept as half of a keyed digest, under a key of this start, in memory alone: nobody who reads the memory's
/// copy later finds an address, and no log has one.
struct ClientRates: Sendable {
    /// Half of a prefix's keyed digest, and whether phones' requests are counted.
    private struct Key: Hashable {
        let first: UInt64
        let second: UInt64
        let isOfPhone: Bool
    }

    /// The header field in which the proxy names the client's address.
    static let field = "X-Real-IP"
    /// The seconds whose requests may come at once after a pause: a page with its files is three.
    static let burstSeconds: UInt64 = 10
    static let keyCountMax = 1 << 17

    private let pages: Pace
    private let phones: Pace
    private let key: [UInt8]
    private let limiter = RateLimiter<Key>(keyCountMax: keyCountMax)
    private let nowMicroseconds: @Sendable () -> UInt64

    /// - Parameters:
    ///   - pageCount: a prefix's requests a second, without those of phones.
    ///   - phoneCount: a prefix's requests below `/vci/` a second.
    ///   - random: the source of the key.
    ///   - nowMicroseconds: a clock that never goes back.
    /// - Throws: `random_unavailable`.
    init(
        pages pageCount: UInt64, phones phoneCount: UInt64, random: any RandomSource,
        nowMicroseconds: @escaping @Sendable () -> UInt64 = MonotonicClock.microseconds
    ) throws(SigningError) {
        pages = Pace(pageCount, burstCount: pageCount * Self.burstSeconds)
        phones = Pace(phoneCount, burstCount: phoneCount * Self.burstSeconds)
        key = try random.bytes(DigestAlgorithm.sha256.byteCount)
        self.nowMicroseconds = nowMicroseconds
    }

    /// Counts a request; one without an address comes from this machine, and is not counted.
    ///
    /// - Parameters:
    ///   - address: the client's address, as the proxy names it.
    ///   - isOfPhone: whether the path is below `/vci/`.
    /// - Throws: `rate_exceeded`.
    func take(_ address: String?, isOfPhone: Bool) throws(WebError) {
        guard let prefix = address.flatMap(ClientPrefix.init) else { return }
        let digest = HMAC.code(.sha256, key: key, message: prefix.bytes)
        let key = Key(first: Self.number(digest[..<8]), second: Self.number(digest[8..<16]), isOfPhone: isOfPhone)
        let pace = isOfPhone ? phones : pages
        guard let wait = limiter.take(key, pace, atMicroseconds: nowMicroseconds()) else { return }
        let seconds = max(1, (wait + 999_999) / 1_000_000)
        throw WebError(
            .rateExceeded, "there are too many requests from this network", hint: "come again in \(seconds) s")
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
