import Credential
import Encoding
import Gate

/// The kiosk's latest verdicts, without anything about a person or a code.
struct RecentVerdicts: Sendable {
    static let countMax = 10

    private var entries: [JSONValue] = []

    mutating func note(_ verdicts: [Verdict], at now: UInt64) {
        for verdict in verdicts {
            var entry: JSONObject = [
                "at": .integer(Int64(clamping: now)), "verdict": .string(verdict.outcome.rawValue),
                "code": .string(verdict.code.rawValue),
            ]
            if let form = verdict.findings.form { entry["form"] = .string(form.name) }
            entries.append(.object(entry))
        }
        entries.removeFirst(max(0, entries.count - Self.countMax))
    }

    /// The verdicts, oldest first.
    var json: JSONValue { .array(entries) }
}
