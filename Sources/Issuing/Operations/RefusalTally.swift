import Encoding
import Storage
import Synchronization

/// Counts refusals by caller, route, code and minute, so that a storm of them does not fill the audit trail.
///
/// Every route has its own count, so that no refusal can hide behind refusals of other routes.
///
/// The first refusal of a kind in a minute gets a line of the trail at once. The others of that minute are counted, and
/// get one line together once the minute is over.
final class RefusalTally: Sendable {
    /// One line of the trail.
    struct Line: Sendable, Equatable {
        let caller: CallerIdentity
        /// The method and the route's pattern, or ``otherRoute``.
        let route: String
        /// The code of the refusals.
        let code: String
        /// The refusals that the line stands for.
        let count: UInt64
        /// Seconds since 1970-01-01T00:00:00Z.
        let time: UInt64

        var detail: JSONValue { ["code": .string(code), "count": .integer(Int64(clamping: count))] }
    }

    private struct Kind: Hashable {
        let caller: CallerIdentity
        let route: String
        let code: String
    }

    /// Stands for all paths without a route, and for the routes of further callers.
    static let otherRoute = "other"
    /// The kinds of refusals in a minute that have lines of their own; further callers share a line.
    static let kindCountMax = 1024
    /// Stands for further callers; no user has this number.
    static let otherCallers = CallerIdentity.user(.max)

    private struct State {
        var minute: UInt64 = 0
        /// The refusals of the minute that have no line yet.
        var counts: [Kind: UInt64] = [:]

        mutating func kind(_ caller: CallerIdentity, _ route: String, _ code: String) -> Kind {
            let own = Kind(caller: caller, route: route, code: code)
            if counts[own] != nil { return own }
            guard counts.count < RefusalTally.kindCountMax else {
                return Kind(caller: RefusalTally.otherCallers, route: RefusalTally.otherRoute, code: code)
            }
            return own
        }

        /// The lines for the counted refusals of a minute that is over.
        mutating func endMinute(at now: UInt64) -> [Line] {
            defer { self = State(minute: now / 60) }
            // The time lies in the minute, and is no later than now when the clock was set back.
            let time = min(minute * 60 + 59, now)
            return counts.filter { $0.value > 0 }.map { kind, count in
                Line(caller: kind.caller, route: kind.route, code: kind.code, count: count, time: time)
            }
        }
    }

    private let state = Mutex(State())

    /// Counts a refusal.
    ///
    /// - Returns: the lines to add to the trail now.
    func note(of caller: CallerIdentity, route: String, code: String, at now: UInt64) -> [Line] {
        state.withLock { state in
            var lines = state.minute == now / 60 ? [] : state.endMinute(at: now)
            let kind = state.kind(caller, route, code)
            if let count = state.counts[kind] {
                state.counts[kind] = count + 1
            } else {
                state.counts[kind] = 0
                lines.append(Line(caller: kind.caller, route: kind.route, code: kind.code, count: 1, time: now))
            }
            return lines
        }
    }

    /// The lines for the counted refusals of an earlier minute, or of this minute too at the end of service.
    func lines(at now: UInt64, isEnd: Bool = false) -> [Line] {
        state.withLock { isEnd || $0.minute != now / 60 ? $0.endMinute(at: now) : [] }
    }
}
