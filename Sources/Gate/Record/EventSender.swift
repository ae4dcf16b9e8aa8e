import Encoding
package import Platform
import Synchronization

/// Sends a spool's events to the issuer's daemon, in order, each until it is answered.
package struct EventSender: Sendable {
    /// How a sending ended.
    package struct Report: Sendable, Equatable {
        /// Events that are in the log now, or were before.
        package var sentCount = 0
        /// Events that the daemon will never take, each with its code; they are kept in the spool's `.refused` file.
        package var refusals: [String] = []
        /// Why it stopped before the end; nil when nothing is left.
        package var failure: String?
        /// Events still in the spool.
        package var waitingCount = 0
    }

    package static let path = "/v1/events"
    private static let answerByteCountMax = 64 << 10

    private let exchange: HTTPExchange

    package init(endpoint: HTTPEndpoint, timeoutMilliseconds: Int = 5000) {
        exchange = HTTPExchange(endpoint: endpoint, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Sends what waits.
    ///
    /// - Parameters:
    ///   - spool: the events; each is settled as it is answered.
    ///   - countMax: how many are sent at most.
    /// - Returns: what became of them.
    /// - Throws: `spool_tampered` before anything is sent, or what the disk refuses.
    package func send(_ spool: EventSpool, countMax: Int = .max) throws(SpoolError) -> Report {
        let events = try spool.waiting()
        var report = Report()
        report.waitingCount = events.count
        for event in events.prefix(countMax) {
            switch answer(to: event) {
            case .taken: report.sentCount += 1
            case .refused(let code):
                try spool.keepRefused(event, code: code)
                report.refusals.append(code)
            case .later(let reason):
                report.failure = reason
                return report
            }
            try spool.settle(event)
            report.waitingCount -= 1
        }
        return report
    }

    private enum Answer {
        case taken
        /// The event itself is at fault, and sending it again cannot help.
        case refused(String)
        case later(String)
    }

    private func answer(to event: SpooledEvent) -> Answer {
        let response: HTTPResponse
        do throws(HTTPExchangeError) {
            response = try exchange.post(
                path: Self.path, body: Array(event.request.encoded().utf8),
                fields: [(name: "Idempotency-Key", value: event.idempotencyKey)])
        } catch {
            return .later("the issuer's daemon: \(error.reason)")
        }
        let value = try? JSONValue.parse(response.body, byteCountMax: Self.answerByteCountMax, depthMax: 8)
        if response.status == 200 || response.status == 201 { return .taken }
        let code = value?["error"]?["code"]?.string ?? "status \(response.status)"
        return Self.isAboutTheEvent(response.status, code)
            ? .refused(code) : .later("the issuer's daemon answered \(code)")
    }

    /// Whether the event itself is refused, so that sending it again cannot help.
    ///
    /// Not so where the daemon, its version or the gate's rights are at fault: the event is kept for when that is mended.
    private static func isAboutTheEvent(_ status: Int, _ code: String) -> Bool {
        switch ErrorClass(httpStatus: status) {
        case .requestMalformed, .requestTooLong, .conflict: true
        case .notFound: code != "route_unknown"
        case .notPermitted, .methodNotAllowed, .inputUnusable, .later, .malfunction: false
        }
    }
}
