import ArgumentParser
import Dispatch
import Encoding
import Glibc
import Synchronization

/// Feeds a gate's stream without a pause, while one generation after another is exported into its folder.
struct GenerationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generations",
        abstract: "Export generations into a gate's folder under full load, and check every verdict.",
        discussion: """
            Every second generation revokes codes. Each is exported after a verdict has rested on the previous one. \
            Prints one JSON object: the lines fed and answered, the wrong verdicts, and the lines a second.
            """)

    /// The number of lines written at once, with one time.
    private static let batchLineCount = 16

    @Option(help: "The gate's folder, which this command makes.")
    var bundle: String

    @Option(help: "The number of generations after the first; 0 measures only the load.")
    var count: Int

    @Option(help: "Seconds to feed without generations, and after the last of them.")
    var seconds: UInt64 = 5

    @Option(help: "The number of codes.")
    var codes = 8192

    @Option(help: "The time at which the codes are shown, in seconds since 1970-01-01T00:00:00Z.")
    var at: UInt64

    @Argument(parsing: .postTerminator, help: "The gate's command line.")
    var command: [String]

    func run() throws {
        guard codes <= Station.firstRevoked, (count + 1) * RevokingIssuer.revokedAtOnce <= codes else {
            throw ValidationError("there are too many codes, or too few to revoke")
        }
        let station = try Station(at: at)
        let shown = try (0..<codes).map { try station.signedCode($0) }
        let revocations = Revocations(codeCount: codes)
        let issuer = RevokingIssuer(station: station, folder: bundle, at: at, count: count, revocations: revocations)
        try issuer.exportFirst()
        let gate = try GateProcess(command)
        let feed = Feed(texts: shown.map { Array(($0.text + "\n").utf8) }, batchLineCount: Self.batchLineCount)
        let course = Course()
        DispatchQueue(label: "scanner").async {
            feed.run(into: gate) { course.isOver.withLock { $0 } }
        }
        let queue = DispatchQueue(label: "issuer")
        let seconds = UInt32(clamping: seconds)
        queue.async {
            let delays = Result { try issuer.exportOthers() }
            course.delays.withLock { $0 = delays }
            sleep(seconds)
            course.isOver.withLock { $0 = true }
        }
        let report = check(gate, feed, shown.map { Hex.encode($0.pseudonym) }, revocations)
        queue.sync {}
        let delays = try course.delays.withLock { $0 }.get()
        print(result(report, feed, delays.sorted()).encoded())
        guard report.wrongCount == 0, report.lineCount == feed.lineCount, delays.count == count else {
            throw ExitCode.failure
        }
    }

    /// The issuer's progress, shared with the other threads.
    private final class Course: Sendable {
        let isOver = Mutex(false)
        /// The time until each generation was used, in nanoseconds, or the error of its export.
        let delays = Mutex<Result<[UInt64], any Error>>(.success([]))
    }

    private struct Report {
        var lineCount = 0
        var revokedCount = 0
        var wrongCount = 0
        var firstAt: UInt64 = 0
        var lastAt: UInt64 = 0
    }

    /// Reads all answers: each must belong to its line, in order, and must be allowed.
    private func check(_ gate: GateProcess, _ feed: Feed, _ pseudonyms: [String], _ revocations: Revocations) -> Report
    {
        var report = Report()
        gate.readAnswers { line in
            let answer = GateAnswer(line)
            let code = report.lineCount % pseudonyms.count
            let isOwn = answer.pseudonym == pseudonyms[code]
            let isAllowed = revocations.allows(answer, onCode: code, sentAt: feed.time(ofLine: report.lineCount))
            if !(isOwn && isAllowed) { report.wrongCount += 1 }
            if case .revoked = answer.code { report.revokedCount += 1 }
            report.lastAt = Feed.nanoseconds()
            if report.lineCount == 0 { report.firstAt = report.lastAt }
            report.lineCount += 1
        }
        return report
    }

    private func result(_ report: Report, _ feed: Feed, _ delays: [UInt64]) -> JSONValue {
        let nanoseconds = max(1, report.lastAt - report.firstAt)
        var result: JSONObject = [
            "generations": .integer(Int64(count)), "takenUp": .integer(Int64(delays.count)),
            "lines": .integer(Int64(feed.lineCount)), "verdicts": .integer(Int64(report.lineCount)),
            "revoked": .integer(Int64(report.revokedCount)), "wrong": .integer(Int64(report.wrongCount)),
            "linesASecond": .integer(Int64(Double(report.lineCount) * 1e9 / Double(nanoseconds))),
        ]
        if let longest = delays.last {
            result["medianMillisecondsToTakeUp"] = .integer(Int64(delays[delays.count / 2] / 1_000_000))
            result["longestMillisecondsToTakeUp"] = .integer(Int64(longest / 1_000_000))
        }
        return .object(result)
    }
}
