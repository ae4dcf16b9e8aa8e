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
            var text = "# HELP suishen_web_requests_total Requests answered.\n"
            text += "# TYPE suishen_web_requests_total counter\n"
            for (key, count) in counts.requests.sorted(by: {
                ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
            }) {
                text += "suishen_web_requests_total{route=\"\(key.route)\",status=\"\(key.status)\"} \(count)\n"
            }
            text += "# HELP suishen_web_request_seconds_total Time from requests' heads to their answers.\n"
            text += "# TYPE suishen_web_request_seconds_total counter\n"
            for (route, seconds) in counts.seconds.sorted(by: { $0.key < $1.key }) {
                text += "suishen_web_request_seconds_total{route=\"\(route)\"} \(seconds)\n"
            }
            return text
        }
    }
}
