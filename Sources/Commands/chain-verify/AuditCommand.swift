import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import TraceLog

/// `chain-verify audit LOG`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Recompute the whole log and hold it to key, anchors, state and witnesses.")

    @Argument(help: "A directory in tlog-tiles layout, a daemon's socket, or an http(s) URL.")
    var log: String

    @OptionGroup var arguments: LogArguments

    @Flag(
        help: """
            Audit tiles and checkpoint only, of any tlog-tiles log, whatever its entries hold; each part's own result \
            is told beside the verdict, which stays undecided (exit 2) where nothing outside the log holds it. Any \
            earlier checkpoint of that log as --anchor, --state from the second audit on, or a --witness-policy does, \
            and sound parts are then intact (exit 0).
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
            throw CommandError(error)
        }
        let report = outcome.report
        let elapsed = AuditProgress.milliseconds() - start
        let parts = tilesOnly ? report.parts : []
        try arguments.rememberWhereSound(report, outcome.note, options, isReplayed: !tilesOnly)
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
