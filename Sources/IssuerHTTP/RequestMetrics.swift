import Issuing
import Synchronization

/// The daemon's request counts, in memory that does not grow with the number of requests.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let label: String
    }

    private struct Counts {
        var requests: [Key: UInt64] = [:]
        var lines: [Key: UInt64] = [:]
        var seconds: [String: (sum: Double, count: UInt64)] = [:]
    }

    private let counts = Mutex(Counts())

    /// Counts one answered request; `route` is a pattern of the table, so that strangers' paths take no memory.
    func count(route: String, status: Int, seconds: Double) {
        counts.withLock {
            $0.requests[Key(route: route, label: String(status)), default: 0] += 1
            $0.seconds[route, default: (0, 0)].sum += seconds
            $0.seconds[route, default: (0, 0)].count += 1
        }
    }

    /// Counts the lines of a batch.
    func count(route: String, doneLines: Int, refusedLines: Int) {
        counts.withLock {
            $0.lines[Key(route: route, label: "done"), default: 0] += UInt64(doneLines)
            $0.lines[Key(route: route, label: "refused"), default: 0] += UInt64(refusedLines)
        }
    }

    /// All counts in the Prometheus text format, version 0.0.4.
    ///
    /// - Parameters:
    ///   - isSigning: whether the clock lets the daemon sign now.
    ///   - published: the time up to which the published tree is known to be up to date, in seconds since 1970; 0 before
    ///     the first publication, nil where the daemon does not publish.
    ///   - gates: the gates' counts; nil where they cannot be read.
    /// - Returns: the text, which ends with a line feed.
    func text(isSigning: Bool, published: UInt64?, gates: GateTally?) -> String {
        counts.withLock { counts in
            var text = "# HELP suishend_signing Whether the clock lets the daemon sign.\n"
            text += "# TYPE suishend_signing gauge\nsuishend_signing \(isSigning ? 1 : 0)\n"
            if let published {
                text += "# HELP suishend_published_seconds When the published tree was last known to be up to date.\n"
                text += "# TYPE suishend_published_seconds gauge\nsuishend_published_seconds \(published)\n"
            }
            if let gates { text += Self.lines(gates) }
            text += "# HELP suishend_requests_total Requests answered.\n# TYPE suishend_requests_total counter\n"
            text += Self.lines("suishend_requests_total", counts.requests, label: "status")
            text += "# HELP suishend_request_lines_total Lines of batches answered.\n"
            text += "# TYPE suishend_request_lines_total counter\n"
            text += Self.lines("suishend_request_lines_total", counts.lines, label: "outcome")
            text += "# HELP suishend_request_seconds Time from a request's head to its answer's end.\n"
            text += "# TYPE suishend_request_seconds summary\n"
            for (route, seconds) in counts.seconds.sorted(by: { $0.key < $1.key }) {
                text += "suishend_request_seconds_sum{route=\"\(route)\"} \(seconds.sum)\n"
                text += "suishend_request_seconds_count{route=\"\(route)\"} \(seconds.count)\n"
            }
            return text
        }
    }

    private static func lines(_ gates: GateTally) -> String {
        var text = "# HELP suishend_gates Registered gates.\n# TYPE suishend_gates gauge\n"
        for (status, count) in gates.statuses.sorted(by: { $0.key < $1.key }) {
            text += "suishend_gates{status=\"\(status)\"} \(count)\n"
        }
        let hours = GateReview.staleSecondsDefault / 3600
        text += "# HELP suishend_gates_reported Gates that have reported within \(hours) hours.\n"
        text += "# TYPE suishend_gates_reported gauge\nsuishend_gates_reported \(gates.reportedCount)\n"
        text += "# HELP suishend_gates_found Gates that need a look, by what is wrong.\n"
        text += "# TYPE suishend_gates_found gauge\n"
        for (finding, count) in gates.findings.sorted(by: { $0.key < $1.key }) {
            text += "suishend_gates_found{finding=\"\(finding)\"} \(count)\n"
        }
        return text
    }

    private static func lines(_ name: String, _ counts: [Key: UInt64], label: String) -> String {
        counts.sorted { ($0.key.route, $0.key.label) < ($1.key.route, $1.key.label) }
            .map { "\(name){route=\"\($0.key.route)\",\(label)=\"\($0.key.label)\"} \($0.value)\n" }.joined()
    }
}
