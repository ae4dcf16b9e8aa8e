import Encoding
package import Platform
import Synchronization

/// Sends a spool's events to the issuer's daemon, in order; each waits for the answer to the one before.
package struct EventSender: Sendable {
    /// The result of a sending.
    package struct Report: Sendable, Equatable {
        /// Events that are now in the log, including events that were already there.
        package var sentCount = 0
        /// The error codes of events that the daemon refused for good; the spool's `.refused` file keeps the events.
        package var refusals: [String] = []
        /// Why the sending stopped early; nil if it did not.
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

    /// Sends the waiting events.
    ///
    /// - Parameters:
    ///   - spool: the events; each is settled when it is answered.
    ///   - countMax: the most events to send.
    /// - Returns: the counts of sent and waiting events, and the refusals.
    /// - Throws: `spool_tampered` before anything is sent, or the disk's error.
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
        /// The event itself is invalid, and sending it again cannot help.
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
    /// False if the daemon, its version or the gate's rights are the cause: the event waits until that is repaired.
    private static func isAboutTheEvent(_ status: Int, _ code: String) -> Bool {
        switch ErrorClass(httpStatus: status) {
        case .requestMalformed, .requestTooLong, .conflict: true
        case .notFound: code != "route_unknown"
        case .notPermitted, .methodNotAllowed, .inputUnusable, .later, .tooMany, .malfunction: false
        }
    }
}
