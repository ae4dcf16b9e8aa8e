import CommandSupport
import Encoding
import Verification

/// Prints verdicts, one a line, at once.
struct VerdictOutput: Sendable {
    let isPlain: Bool

    func write(_ verdict: Verdict) {
        write([verdict])
    }

    func write(_ verdicts: [Verdict]) {
        var bytes: [UInt8] = []
        for verdict in verdicts {
            if isPlain {
                let reason = verdict.reason.map { ": \($0)" } ?? ""
                bytes += Array("\(verdict.outcome.rawValue) \(verdict.code.rawValue)\(reason)".utf8)
            } else {
                verdict.json.appendEncoded(to: &bytes)
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        StandardStream.output.write(bytes: bytes)
    }
}
