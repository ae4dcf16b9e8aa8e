import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import TraceLog

/// `chain-verify trail TRAIL LOG`.
struct TrailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trail",
        abstract: "Check that no line of the operator's trail was changed or dropped since the log of acts states it.",
        discussion: """
            TRAIL is the whole trail, as `suishen audit` prints it. It may begin behind lines that were dropped after \
            their retention: the result says behind which line, and a line of the trail must say so too. LOG is the log of the service's own acts, which is \
            audited too: a directory such as DIR/acts, or an http(s) URL.
            """)

    private static let lineByteCountMax = 1 << 20

    @Argument(help: "The trail, one JSON object a line; - reads it from stdin.")
    var trail: String

    @Argument(help: "The log of acts: a directory in tlog-tiles layout, or an http(s) URL.")
    var log: String

    @OptionGroup var arguments: LogArguments

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let options = try arguments.options()
        let start = AuditProgress.milliseconds()
        var lines = try LineReader(path: trail, byteCountMax: Self.lineByteCountMax)
        let found: TrailAudit
        do {
            found = try await Auditor(source: LogSource(log), options: options).auditTrail {
                guard let line = try lines.next() else { return nil }
                guard case .text(let bytes) = line else { throw TraceLogError.trailLineTooLong }
                return try TrailLine(json: Array(bytes), byteCountMax: Self.lineByteCountMax)
            }
        } catch let error as AuditSourceError {
            throw CommandError(undecided: error)
        } catch let error as TraceLogError {
            throw CommandError(undecided: error)
        }
        try arguments.rememberIfIntact(found.report, found.note, options, isReplayed: true)
        try found.report.finish(
            since: start, isJSON: json,
            (
                "droppedThrough", found.droppedThrough,
                found.droppedThrough == 0
                    ? "begins  with its first line"
                    : "begins  behind line \(found.droppedThrough); the lines up to it were dropped after their retention"
            ),
            (
                "newLines", found.newLineCount,
                "trail   \(found.newLineCount) lines are newer than the log's last statement"
            ))
    }
}

extension TraceLogError {
    fileprivate static var trailLineTooLong: TraceLogError {
        TraceLogError(
            code: .malformedTrail, reason: "a line of the trail is too long",
            hint: "print the trail anew with `suishen audit`")
    }
}
