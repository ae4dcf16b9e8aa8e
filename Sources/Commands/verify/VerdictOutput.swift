import CommandSupport
import Encoding
import Gate

/// Prints verdicts, one a line, at once.
struct VerdictOutput: Sendable {
    let isPlain: Bool

    func write(_ verdict: Verdict) {
        write([verdict])
    }

    /// Says that there is nothing to decide on: what cannot be read is a verdict too, so that a guard never sees nothing.
    func undecided(_ cause: CommandError, scene: String) -> VerdictOutcome {
        let code = VerdictCode(rawValue: cause.code) ?? .inputUnreadable
        write(Verdict(code, scene: scene, reason: cause.reason, hint: cause.hint))
        Diagnostics(command: "verify").report(cause)
        return .undecided
    }

    func write(_ verdicts: [Verdict]) {
        var bytes: [UInt8] = []
        for verdict in verdicts {
            if isPlain {
                // A reason may hold a path, or what an issuer or the insurer says.
                let reason = verdict.reason.map { ": \(TerminalText.line($0))" } ?? ""
                bytes += Array("\(verdict.outcome.rawValue) \(verdict.code.rawValue)\(reason)".utf8)
            } else {
                verdict.json.appendEncoded(to: &bytes)
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        StandardStream.output.write(bytes: bytes)
    }
}
