import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Shows who did what to which subject, and when.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show who did what to which subject, and when, oldest first.",
        discussion: "Users are given by number, times in seconds since 1970. The trail holds no personal data.")

    @Option(help: "Show only the lines after this line number of the trail.")
    var after: UInt64 = 0

    @Option(help: "Show only lines about this subject, key or bundle.")
    var subject: String?

    @OptionGroup var inquiry: InquiryOptions

    func run() async throws {
        var body: JSONObject = ["after": .integer(Int64(clamping: after))]
        body["subject"] = subject.map(JSONValue.string)
        var isTold = false
        let note = { (page: JSONValue) in
            let dropped = page["droppedThrough"]?.integer ?? 0
            guard !isTold, dropped > Int64(clamping: after) else { return }
            isTold = true
            StandardStream.error.write(
                "suishen: the trail begins behind line \(dropped); the lines up to it were dropped after "
                    + "auditRetentionDays, and the log of acts states the hash over them\n")
        }
        try await inquiry.list(.readAudit, body, items: "lines", note: note, next: { page, _ in page["next"] }) {
            line in
            let numbers = ["number", "time", "uid"].map { String(line[$0]?.integer ?? 0) }
            // A caller on another machine has a name, and its number says nothing to people.
            let caller = line["detail"]?["caller"]?.string ?? numbers[2]
            return [numbers[0], numbers[1], caller, line["action"]?.string ?? "", line["subject"]?.string ?? ""]
                .joined(separator: "\t")
        }
    }
}
