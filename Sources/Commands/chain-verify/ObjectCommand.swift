import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import TraceLog

/// `chain-verify object ID LOG`.
struct ObjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "object", abstract: "Prove one object's whole history, and print it as a timeline.",
        discussion: """
            The newest heads entry and the entries after it show that no newer entry of the object is hidden. The \
            object's chain leads back from there; any other entry of the object in the bundles that were read is a \
            finding. Only a replay of the log shows whether the heads entry itself is true: the verdict stays undecided \
            (exit 2, heads_unaudited) until `audit --state FILE` has checked that entry and the same --state is given \
            here, or with --whole-log. The whole log is read where it publishes no heads list, or where the chain is \
            very long; the report says so.
            """)

    @Argument(help: "The object's identifier: 8 to 16 bytes in hex.")
    var object: String

    @Argument(help: "A directory in tlog-tiles layout, a daemon's socket, or an http(s) URL.")
    var log: String

    @OptionGroup var arguments: LogArguments

    @Flag(help: "Read and replay the whole log, without trusting its heads entries.")
    var wholeLog = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Print the proved history as an EPCIS 2.0 document in JSON-LD.")
    var epcis = false

    func run() async throws {
        var options = try arguments.options()
        guard let bytes = try? Hex.decode(object), let identifier = ObjectID(bytes) else {
            throw CommandError(
                code: "object_malformed", reason: "\(object) is not an object identifier",
                hint: "give 8 to 16 bytes in hex", status: .usage)
        }
        if isatty(2) == 1 { options.progress = AuditProgress().update }
        let start = AuditProgress.milliseconds()
        let outcome: (report: ObjectReport, note: SignedNote?)
        do {
            outcome = try await ObjectAudit(
                object: identifier, source: LogSource(log), options: options, readsWholeLog: wholeLog
            ).audit()
        } catch let error as AuditSourceError {
            throw CommandError(undecided: error)
        }
        let report = outcome.report
        let elapsed = AuditProgress.milliseconds() - start
        try arguments.rememberIfIntact(report.audit, outcome.note, options, isReplayed: report.isOfWholeLog)
        if epcis {
            try writeDocument(report)
        } else if json {
            StandardStream.output.write(report.json(elapsedMilliseconds: elapsed).encoded() + "\n")
        } else {
            StandardStream.output.write(report.timeline(elapsedMilliseconds: elapsed))
        }
        try report.audit.exit()
    }

    /// Writes the document unless the log was tampered with, and the findings to stderr.
    private func writeDocument(_ report: ObjectReport) throws {
        for finding in report.audit.findings {
            Diagnostics(command: "chain-verify").warn("\(finding.code.rawValue): \(finding.detail)")
        }
        guard report.audit.verdict != .tampered else { return }
        let time = Int64(clamping: arguments.now).multipliedReportingOverflow(by: 1000)
        let document = try CommandError.naming(log) { () throws(TraceLogError) in
            try report.epcis(creationMilliseconds: time.overflow ? 0 : time.partialValue)
        }
        StandardStream.output.write(document.encoded() + "\n")
    }
}
