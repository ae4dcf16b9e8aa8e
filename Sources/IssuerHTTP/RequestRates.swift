import IssuerInterface
import Issuing
import Platform
import Storage

/// Holds each caller's requests to each route, and lines of batches, to the rates of the settings.
///
/// Its memory is limited by the number of callers with a role and of routes: all others are refused before.
struct RequestRates: Sendable {
    private struct Key: Hashable {
        let caller: CallerIdentity
        /// The route's pattern, with its method.
        let route: String
        let isLine: Bool
    }

    /// The most callers of the table of roles times the routes, each with requests and lines.
    private static let keyCountMax = 2 * RoleTable.userCountMax * 128

    private let table: RateTable
    private let limiter = RateLimiter<Key>(keyCountMax: keyCountMax)
    /// A clock that never goes back.
    private let nowMicroseconds: @Sendable () -> UInt64

    init(_ table: RateTable, nowMicroseconds: @escaping @Sendable () -> UInt64 = MonotonicClock.microseconds) {
        self.table = table
        self.nowMicroseconds = nowMicroseconds
    }

    /// Counts a request.
    ///
    /// - Throws: `rate_exceeded`.
    func take(_ route: Route, of caller: CallerIdentity) throws(OperationError) {
        let pace = table.requests(to: route.operation?.name, of: caller)
        guard let wait = limiter.take(key(route, caller), pace, atMicroseconds: nowMicroseconds()) else { return }
        throw .rateExceeded("requests of this caller to this route", after: wait)
    }

    /// Counts a line of a batch.
    ///
    /// - Returns: nil when it was counted; otherwise the time after which to ask again.
    func takeLine(_ route: Route, of caller: CallerIdentity) -> Duration? {
        let key = key(route, caller, isLine: true)
        return limiter.take(key, table.lines(of: caller), atMicroseconds: nowMicroseconds()).map {
            .microseconds(Int64(clamping: $0))
        }
    }

    private func key(_ route: Route, _ caller: CallerIdentity, isLine: Bool = false) -> Key {
        Key(caller: caller, route: "\(route.method.rawValue) \(route.pattern.text)", isLine: isLine)
    }

    /// Refuses rates for operations that no route has.
    ///
    /// - Throws: `settings_invalid`.
    static func check(_ settings: Settings) throws(OperationError) {
        let known = Set(Route.table.compactMap(\.operation?.name))
        let unknown = settings.rates.operations.subtracting(known).sorted()
        guard unknown.isEmpty else {
            throw OperationError(
                code: .settingsInvalid,
                reason: "`rates` names operations that no route has: \(unknown.joined(separator: ", "))",
                hint: "use names like \(known.sorted().prefix(5).joined(separator: ", "))")
        }
    }
}
