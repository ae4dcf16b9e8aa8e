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
    func undecided(_ cause: CommandError, scene: String, warnings: [String] = []) -> VerdictOutcome {
        let code = RefusalCode(rawValue: cause.code) ?? .inputUnreadable
        var verdict = Verdict(
            refused: Refusal(code, cause.reason, hint: cause.hint), findings: Findings(scene: scene))
        verdict.findings.warnings += warnings
        write(verdict)
        Diagnostics(command: "verify").report(cause)
        return .undecided
    }

    /// Says so at a gate that runs on.
    func undecided(_ cause: CommandError, at generation: RunningGate.Generation) -> VerdictOutcome {
        undecided(
            cause, scene: generation.gate.scene.name,
            warnings: generation.isUpdateRefused ? [RunningGate.refusedWarning] : [])
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

extension Verdict {
    /// Bears the warning as long as the gate's folder holds a generation that is not taken.
    mutating func noteUpdate(of generation: RunningGate.Generation) {
        if generation.isUpdateRefused { findings.warnings.append(RunningGate.refusedWarning) }
    }
}
