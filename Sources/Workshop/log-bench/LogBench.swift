import ArgumentParser
import Foundation

/// Measures appends to the log beside raw syncs and raw SQLite inserts, in one run.
@main
struct LogBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-bench",
        abstract: "Measure durable, sequenced appends beside raw inserts and raw syncs.",
        discussion: "`tools/bench log` builds this and the daemon, and runs it.")

    @Option(help: "The number of events to append in this process.")
    var count = 100_000
    @Option(help: "The number of callers that append at once.")
    var callers = 256
    @Option(help: "The number of events to send to the daemon; 0 skips this measurement.")
    var socketCount = 40_000
    @Option(help: "The number of connections that send batches to the daemon.")
    var connections = 4
    @Option(help: "The number of objects whose heads are stated while callers append, before erasures; 0 skips this.")
    var objects = 0
    @Option(help: "Measure the published files of a day of so many issued codes instead, and nothing else.")
    var issued = 0
    @Flag(help: "Print one JSON object a line.")
    var json = false

    mutating func run() async throws {
        if issued > 0 { return print(IssuedBench(issued).json) }
        let scratch = try Scratch()
        let syncs = try Baseline.syncs(in: scratch)
        let inserts = try Baseline.inserts(count, in: scratch)
        report("raw fsync of 4 KiB", syncs, unit: "syncs", nil)
        report("raw SQLite inserts, \(Baseline.groupCount) a commit", inserts, unit: "rows", nil)
        let appends = try await AppendBench(callers: callers).run(count, in: scratch)
        report("appends in process, published each second", appends.rate, unit: "events", appends, against: inserts)
        if objects > 0 {
            let heads = try await HeadsBench().run(objects, in: scratch)
            let took = Self.rounded(heads.seconds, 1)
            report(
                "appends while heads of \(objects) objects are stated and listed in \(took) s", heads.appends.rate,
                unit: "events", heads.appends)
            report(
                "appends and erasures in a registry of \(heads.fileByteCount >> 20) MiB (by VACUUM one takes "
                    + "\(Int(heads.vacuumMilliseconds)) ms)", heads.erasures.rate, unit: "pairs", heads.erasures)
        }
        if socketCount > 0 {
            let batches = try await SocketBench(connections: connections).run(socketCount, in: scratch)
            report(
                "appends over the socket, \(SocketBench.batchCount) a batch", batches, unit: "events", nil,
                against: inserts)
        }
    }

    private func report(
        _ name: String, _ rate: Double, unit: String, _ latencies: Latencies?, against baseline: Double? = nil
    ) {
        if json {
            var members = ["\"name\":\"\(name)\"", "\"perSecond\":\(Int(rate))"]
            if let baseline { members.append("\"ratio\":\(Self.rounded(rate / baseline, 3))") }
            if let latencies {
                members.append("\"p50Milliseconds\":\(Self.rounded(latencies.percentile(50), 2))")
                members.append("\"p99Milliseconds\":\(Self.rounded(latencies.percentile(99), 2))")
                members.append("\"maxMilliseconds\":\(Self.rounded(latencies.percentile(100), 2))")
            }
            return print("{\(members.joined(separator: ","))}")
        }
        var line = "\(name): \(Int(rate)) \(unit)/s"
        if let baseline { line += ", \(Self.rounded(rate / baseline, 3)) of raw inserts" }
        if let latencies {
            line += ", p50 \(Self.rounded(latencies.percentile(50), 1)) ms"
            line += ", p99 \(Self.rounded(latencies.percentile(99), 1)) ms"
            line += ", longest \(Self.rounded(latencies.percentile(100), 1)) ms"
        }
        print(line)
    }

    private static func rounded(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", value)
    }
}
