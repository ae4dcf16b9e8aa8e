import ArgumentParser
import CommandSupport
import Encoding
import TraceLog

extension AuditReport {
    /// The report as plain text.
    func plainText(elapsedMilliseconds: UInt64, parts: [(name: String, verdict: Verdict)]) -> String {
        var text = headline
        if !parts.isEmpty {
            text += "  parts   \(parts.map { "\($0.name) \($0.verdict.rawValue)" }.joined(separator: ", "))\n"
        }
        text += "  size    \(size) entries, \(eventCount) events, \(objectCount) objects\n"
        text += "  root    \(Hex.encode(root.bytes))\n"
        text += "  took    \(elapsedMilliseconds) ms\n"
        return text + cosignatureLines + findingLines
    }

    /// Prints the report with further counts, and ends with the report's exit status.
    ///
    /// - Parameters:
    ///   - start: the beginning of the audit, by ``AuditProgress/milliseconds()``.
    ///   - isJSON: whether one JSON object is printed.
    ///   - counts: the counts, each with its member's name in JSON and its line in plain text.
    /// - Throws: the exit status.
    func finish(since start: UInt64, isJSON: Bool, _ counts: (name: String, value: UInt64, line: String)...) throws {
        let elapsed = AuditProgress.milliseconds() - start
        if isJSON {
            var object = json(elapsedMilliseconds: elapsed)
            for count in counts { object[count.name] = .integer(Int64(clamping: count.value)) }
            StandardStream.output.write(JSONValue.object(object).encoded() + "\n")
        } else {
            let lines = counts.map { "  \($0.line)\n" }.joined()
            StandardStream.output.write(plainText(elapsedMilliseconds: elapsed, parts: []) + lines)
        }
        try exit()
    }

    var headline: String { "\(verdict.rawValue): \(code)\n" }

    /// A line for each witness of the policy.
    var cosignatureLines: String {
        cosignatures.map { cosignature in
            let time = cosignature.utc.map { " at \($0)" } ?? ""
            return "  witness \(TerminalText.line(cosignature.witness))\(time): \(cosignature.standing.words)\n"
        }.joined()
    }

    /// A line for each finding.
    var findingLines: String {
        var text = ""
        for finding in findings {
            text += "  finding \(finding.code.rawValue)"
            if let index = finding.index { text += " at index \(index)" }
            if let object = finding.object { text += ", object \(object.isEmpty ? "(log)" : Self.name(of: object))" }
            text += ": \(TerminalText.line(finding.detail))\n"
        }
        return text
    }

    /// An object as text: its identifier in hex, or the name of a stream of the service's own acts.
    static func name(of object: [UInt8]) -> String { ActTerm.streamName(of: object) ?? Hex.encode(object) }

    /// Ends the command with the verdict's exit status.
    func exit() throws {
        switch verdict {
        case .intact: return
        case .tampered: throw ExitCode(ExitStatus.failure.rawValue)
        case .undecided: throw ExitCode(ExitStatus.undecided.rawValue)
        }
    }
}

extension Cosignature.Standing {
    fileprivate var words: String {
        switch self {
        case .counted: "counts"
        case .missing: "has not cosigned"
        case .invalid: "its cosignature does not match the checkpoint"
        case .old: "cosigned too long ago to count"
        case .ahead: "its time is ahead of the clock, so it does not count"
        case .logKey: "has the log's own key, which never counts"
        case .repeatedKey: "has a key that counts already"
        }
    }
}
