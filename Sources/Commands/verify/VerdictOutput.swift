import CommandSupport
import Encoding
import Gate

/// Prints verdicts without delay, one a line.
struct VerdictOutput: Sendable {
    let isPlain: Bool
    /// Counts the verdicts for the gate's reports.
    var tally: VerdictTally?

    func write(_ verdict: Verdict) {
        write([verdict])
    }

    /// Prints an undecided verdict for an input that cannot be read, so that a guard always sees a verdict.
    func undecided(_ cause: CommandError, scene: String, warnings: [String]) -> VerdictOutcome {
        let code = RefusalCode(rawValue: cause.code) ?? .inputUnreadable
        var verdict = Verdict(
            refused: Refusal(code, cause.reason, hint: cause.hint), findings: Findings(scene: scene))
        verdict.findings.warnings += warnings
        write(verdict)
        Diagnostics(command: "verify").report(cause)
        return .undecided
    }

    /// Prints an undecided verdict for an input that cannot be read, at a gate that keeps running.
    func undecided(_ cause: CommandError, at generation: RunningGate.Generation) -> VerdictOutcome {
        undecided(
            cause, scene: generation.gate.scene.name,
            warnings: generation.gate.standingWarnings
                + (generation.isUpdateRefused ? [RunningGate.refusedWarning] : []))
    }

    func write(_ verdicts: [Verdict]) {
        tally?.note(verdicts)
        var bytes: [UInt8] = []
        for verdict in verdicts {
            if isPlain {
                // A reason may hold a path, or text from an issuer or the insurer.
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
