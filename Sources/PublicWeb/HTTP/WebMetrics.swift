import HTTPServing
import Synchronization

/// The counts of answered requests, in memory that does not grow with the number of requests.
package final class WebMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let status: Int
    }

    private struct Counts {
        var requests: [Key: UInt64] = [:]
        var seconds: [String: Double] = [:]
    }

    private let counts = Mutex(Counts())

    package init() {}

    /// Counts one answer; `route` is a name of the program's own, so that strangers' paths take no memory.
    func count(route: String, status: Int, microseconds: UInt64) {
        counts.withLock {
            $0.requests[Key(route: route, status: status), default: 0] += 1
            $0.seconds[route, default: 0] += Double(microseconds) / 1e6
        }
    }

    /// All counts in the Prometheus text format, version 0.0.4.
    package var text: String {
        counts.withLock { counts in
            var text = MetricsText()
            text.begin("suishen_web_requests_total", .counter, help: "Requests answered.")
            for (key, count) in counts.requests.sorted(by: {
                ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
            }) {
                text.add(
                    "suishen_web_requests_total", count, labels: ["route": key.route, "status": String(key.status)])
            }
            text.begin(
                "suishen_web_request_seconds_total", .counter, help: "Time from requests' heads to their answers.")
            for (route, seconds) in counts.seconds.sorted(by: { $0.key < $1.key }) {
                text.add("suishen_web_request_seconds_total", seconds, labels: ["route": route])
            }
            return text.text
        }
    }
}
