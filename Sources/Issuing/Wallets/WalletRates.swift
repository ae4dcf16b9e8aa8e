import Platform

/// Holds phones' requests to a pace, by what the phone proves and not by where it asks from.
///
/// It is no protection of PINs, whose wrong tries are counted on disk, but of the daemon's work. Its memory has a limit,
/// and ends with the process.
final class WalletRates: Sendable {
    /// Requests of one device key: the wallet makes few each time that it is opened.
    static let device = Pace(12, in: 60, burstCount: 60)
    /// Requests for an access token with one offer's code: a phone needs one, and may repeat it.
    static let offer = Pace(2, in: 60, burstCount: 20)
    /// Requests for the next strip of one holding: a phone needs one in days, and may repeat it.
    static let renewal = Pace(1, in: 60, burstCount: 20)
    static let keyCountMax = 1 << 16

    private let devices = RateLimiter<[UInt8]>(keyCountMax: keyCountMax)
    private let offers = RateLimiter<[UInt8]>(keyCountMax: keyCountMax)
    private let renewals = RateLimiter<[UInt8]>(keyCountMax: keyCountMax)

    /// Counts a request that a device key has signed.
    ///
    /// - Throws: `rate_exceeded`.
    func takeRequest(of thumbprint: [UInt8], by caller: IssuingService.Caller) throws(OperationError) {
        try Self.take(devices, thumbprint, Self.device, "requests of this phone", caller)
    }

    /// Counts a request for an access token.
    ///
    /// - Throws: `rate_exceeded`.
    func takeToken(of offer: [UInt8], by caller: IssuingService.Caller) throws(OperationError) {
        try Self.take(offers, offer, Self.offer, "requests with this offer", caller)
    }

    /// Counts a request for the next strip of a holding.
    ///
    /// - Throws: `rate_exceeded`.
    func takeRenewal(of holding: [UInt8], by caller: IssuingService.Caller) throws(OperationError) {
        try Self.take(renewals, holding, Self.renewal, "renewals of this phone's codes", caller)
    }

    private static func take(
        _ limiter: RateLimiter<[UInt8]>, _ key: [UInt8], _ pace: Pace, _ what: String, _ caller: IssuingService.Caller
    ) throws(OperationError) {
        let now = caller.nowMilliseconds.multipliedReportingOverflow(by: 1000).partialValue
        guard let wait = limiter.take(key, pace, atMicroseconds: now) else { return }
        throw .rateExceeded(what, after: wait)
    }
}
