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
            The newest heads entry and the entries after it show that nothing newer is hidden; the object's own chain \
            leads back from there, and an entry of the object beside it in any bundle that was read is a finding. \
            Whether the heads entry itself says the truth only `audit`, or --whole-log here, can tell: the report \
            names the entry that it rests on, and says where an audit that --state remembers has checked it. Where \
            the log publishes no list of heads, or the chain is very long, the whole log is read, and the report says \
            so.
            """)

    @Argument(help: "The object's identifier: 8 to 16 bytes in hex.")
    var object: String

    @Argument(help: "A directory in tlog-tiles layout, a daemon's socket, or an http(s) URL.")
    var log: String

    @OptionGroup var arguments: LogArguments

    @Flag(help: "Read and replay the whole log, trusting none of its heads entries.")
    var wholeLog = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Print the history as an EPCIS 2.0 document in JSON-LD, when it is proved.")
    var epcis = false

    @Option(help: "Unix time in seconds, in place of the clock: when an EPCIS document is made.")
    var at: UInt64?

    func run() async throws {
        var options = try arguments.options()
        guard let bytes = try? Hex.decode(object), let identifier = ObjectID(bytes) else {
            throw CommandError(
                code: "object_malformed", reason: "\(object) is no object identifier",
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
            throw CommandError(error)
        }
        let report = outcome.report
        let elapsed = AuditProgress.milliseconds() - start
        try arguments.rememberWhereSound(report.audit, outcome.note, options, isReplayed: report.isOfWholeLog)
        if epcis {
            try writeDocument(report)
        } else if json {
            StandardStream.output.write(report.json(elapsedMilliseconds: elapsed).encoded() + "\n")
        } else {
            StandardStream.output.write(report.timeline(elapsedMilliseconds: elapsed))
        }
        try report.audit.exit()
    }

    /// Writes the document where nothing speaks against it, and says on stderr what else there is to say.
    private func writeDocument(_ report: ObjectReport) throws {
        for finding in report.audit.findings {
            Diagnostics(command: "chain-verify").warn("\(finding.code.rawValue): \(finding.detail)")
        }
        guard report.audit.verdict != .tampered else { return }
        let time = Int64(clamping: at ?? UInt64(clamping: time(nil))).multipliedReportingOverflow(by: 1000)
        let document = try CommandError.naming(log) { () throws(TraceLogError) in
            try report.epcis(creationMilliseconds: time.overflow ? 0 : time.partialValue)
        }
        StandardStream.output.write(document.encoded() + "\n")
    }
}
