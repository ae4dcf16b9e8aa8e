import HTTPServing
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
    ///   - acts: the time up to which acts and issued codes are known to be in their log, as for `published`.
    ///   - gates: the gates' counts; nil where they cannot be read.
    ///   - witnesses: the witnesses' counts.
    ///   - standing: what the daemon's last look at its installation found.
    /// - Returns: the text, which ends with a line feed.
    func text(
        isSigning: Bool, published: UInt64?, acts: UInt64, gates: GateTally?, witnesses: [WitnessTally] = [],
        standing: ServiceStanding
    ) -> String {
        counts.withLock { counts in
            var text = MetricsText()
            text.begin("suishend_signing", .gauge, help: "Whether the clock lets the daemon sign.")
            text.add("suishend_signing", isSigning ? 1 : 0)
            if let published {
                text.begin(
                    "suishend_published_seconds", .gauge,
                    help: "When the published tree was last known to be up to date.")
                text.add("suishend_published_seconds", published)
            }
            text.begin(
                "suishend_acts_seconds", .gauge,
                help: "When acts, trail and issued codes were last known to be in the log of acts.")
            text.add("suishend_acts_seconds", acts)
            Self.add(standing, to: &text)
            if let gates { Self.add(gates, to: &text) }
            if !witnesses.isEmpty { Self.add(witnesses, to: &text) }
            text.begin("suishend_requests_total", .counter, help: "Requests answered.")
            Self.add("suishend_requests_total", counts.requests, label: "status", to: &text)
            text.begin("suishend_request_lines_total", .counter, help: "Lines of batches answered.")
            Self.add("suishend_request_lines_total", counts.lines, label: "outcome", to: &text)
            text.begin(
                "suishend_request_seconds", .summary, help: "Time from a request's head to its answer's end.")
            for (route, seconds) in counts.seconds.sorted(by: { $0.key < $1.key }) {
                text.add("suishend_request_seconds_sum", seconds.sum, labels: ["route": route])
                text.add("suishend_request_seconds_count", seconds.count, labels: ["route": route])
            }
            return text.text
        }
    }

    private static func add(_ gates: GateTally, to text: inout MetricsText) {
        text.begin("suishend_gates", .gauge, help: "Registered gates.")
        for (status, count) in gates.statuses.sorted(by: { $0.key < $1.key }) {
            text.add("suishend_gates", count, labels: ["status": status])
        }
        let hours = GateReview.staleSecondsDefault / 3600
        text.begin("suishend_gates_reported", .gauge, help: "Gates that have reported within \(hours) hours.")
        text.add("suishend_gates_reported", gates.reportedCount)
        text.begin("suishend_gates_found", .gauge, help: "Gates that need a look, by what is wrong.")
        for (finding, count) in gates.findings.sorted(by: { $0.key < $1.key }) {
            text.add("suishend_gates_found", count, labels: ["finding": finding])
        }
    }

    private static func add(_ witnesses: [WitnessTally], to text: inout MetricsText) {
        func add(_ name: String, help: String, _ value: (WitnessTally) -> UInt64?) {
            text.begin(name, .gauge, help: help)
            for witness in witnesses {
                guard let value = value(witness) else { continue }
                text.add(name, value, labels: ["log": witness.log, "witness": witness.name])
            }
        }
        add("suishend_witness_size", help: "The size that a witness cosigned last.") { $0.size }
        add("suishend_witness_cosigned_seconds", help: "When a witness cosigned last.") { $0.cosignedAt }
        add("suishend_witness_up", help: "Whether a witness cosigned when it was asked last.") {
            $0.trouble == nil ? 1 : 0
        }
    }

    private static func add(_ name: String, _ counts: [Key: UInt64], label: String, to text: inout MetricsText) {
        for (key, count) in counts.sorted(by: { ($0.key.route, $0.key.label) < ($1.key.route, $1.key.label) }) {
            text.add(name, count, labels: ["route": key.route, label: key.label])
        }
    }
}
