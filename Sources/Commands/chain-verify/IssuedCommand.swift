import ArgumentParser
import CommandSupport
import Encoding
import TraceLog

/// `chain-verify issued LOG`.
struct IssuedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issued",
        abstract: "Check the published files of issued codes against the log of acts, every file of every set.",
        discussion: "LOG is the log of the service's own acts, which is audited too.")

    @Argument(help: "The log of acts: a directory such as DIR/acts, or an http(s) URL.")
    var log: String

    @OptionGroup var arguments: LogArguments

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let options = try arguments.options()
        let start = AuditProgress.milliseconds()
        let source = LogSource(log)
        let found: (report: AuditReport, note: SignedNote?, codeCount: UInt64)
        do {
            found = try await Auditor(source: source, options: options).auditIssuances(in: source)
        } catch let error as AuditSourceError {
            throw CommandError(undecided: error)
        }
        try arguments.rememberIfIntact(found.report, found.note, options, isReplayed: true)
        try found.report.finish(
            since: start, isJSON: json,
            ("codes", found.codeCount, "issued  \(found.codeCount) codes in the published sets"))
    }
}
