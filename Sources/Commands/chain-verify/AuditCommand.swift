import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import TraceLog

/// `chain-verify audit LOG`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Recompute the whole log, and compare it with key, anchors, state and witnesses.")

    @Argument(help: "A directory in tlog-tiles layout, a daemon's socket, or an http(s) URL.")
    var log: String

    @OptionGroup var arguments: LogArguments

    @Flag(
        help: """
            Audit only tiles and checkpoint, of any log in tlog-tiles layout, and print the result of each. The \
            verdict stays undecided (exit 2) until something outside the log confirms the checkpoint: an earlier \
            checkpoint as --anchor, --state from the second audit on, or --witness-policy. It is then intact \
            (exit 0) if both parts are.
            """)
    var tilesOnly = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        var options = try arguments.options()
        options.tilesOnly = tilesOnly
        if isatty(2) == 1 { options.progress = AuditProgress().update }
        let start = AuditProgress.milliseconds()
        let outcome: (report: AuditReport, note: SignedNote?)
        do {
            outcome = try await Auditor(source: LogSource(log), options: options).audit()
        } catch let error as AuditSourceError {
            throw CommandError(undecided: error)
        }
        let report = outcome.report
        let elapsed = AuditProgress.milliseconds() - start
        let parts = tilesOnly ? report.parts : []
        try arguments.rememberIfIntact(report, outcome.note, options, isReplayed: !tilesOnly)
        if json {
            var object = report.json(elapsedMilliseconds: elapsed)
            for part in parts { object[part.name] = .string(part.verdict.rawValue) }
            StandardStream.output.write(JSONValue.object(object).encoded() + "\n")
        } else {
            StandardStream.output.write(report.plainText(elapsedMilliseconds: elapsed, parts: parts))
        }
        try report.exit()
    }
}
