import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Shows the gates with what is known of each, or only those that need a look.
struct GateListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show every gate, one a line, or with --stale the gates that need a look.",
        discussion: """
            A line has the gate, its status, the time since its newest report, the version of its bundle, what is \
            wrong, its name and its site. What is wrong: stale, old_bundle, clock_off. What ends soon and closes \
            gates is told on stderr.
            """)

    @Option(
        help: ArgumentHelp(
            "Show only gates that are silent for this time, that kept an older bundle for it, or whose clock is off.",
            valueName: "TIME"))
    var stale: GateSilence?

    @OptionGroup var inquiry: InquiryOptions

    func run() async throws {
        var body: JSONObject = [:]
        body["stale"] = stale.map { .integer(Int64(clamping: $0.seconds)) }
        let now = Int64(clamping: inquiry.state.clock.now)
        var told: [JSONValue] = []
        try await inquiry.list(.listGates, body, items: "gates", note: { Self.tellWarnings(of: $0, &told) }) {
            $1["gate"]
        } text: { gate in
            Self.line(gate, at: now)
        }
    }

    /// Tells what ends soon, once.
    private static func tellWarnings(of page: JSONValue, _ told: inout [JSONValue]) {
        for warning in page["warnings"]?.array ?? [] where !told.contains(warning) {
            told.append(warning)
            Diagnostics(command: "suishen").warn(
                "\(warning["reason"]?.string ?? "") [\(warning["code"]?.string ?? "")]: "
                    + (warning["hint"]?.string ?? ""))
        }
    }

    private static func line(_ gate: JSONValue, at now: Int64) -> String {
        let report = gate["report"]
        let findings = (gate["findings"]?.array ?? []).compactMap(\.string)
        func text(_ member: String) -> String { gate[member]?.string ?? "" }
        let columns: [String] = [
            text("gate"), text("status"),
            report?["receivedAt"]?.integer.map { "reported \(max(0, now - $0)) s ago" } ?? "never reported",
            report?["bundleVersion"]?.integer.map { "bundle \($0)" } ?? "no bundle",
            findings.isEmpty ? "in order" : findings.joined(separator: ","), text("name"), text("site"),
        ]
        return columns.map { TerminalText.line($0) }.joined(separator: "  ")
    }
}

/// A time as a number with a unit: `90s`, `15m`, `2h`, `1d`.
struct GateSilence: ExpressibleByArgument {
    private static let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    let seconds: UInt64

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ Self.units[$0] }), argument.count <= 10,
            argument.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt64(argument.dropLast()), number > 0
        else { return nil }
        seconds = number * unit
    }
}
