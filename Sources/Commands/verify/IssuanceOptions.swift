import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Platform
import QRReading

/// The options that ask whether the issuer's service issued a code, beside the gate's verdict.
struct IssuanceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            After an accepted verdict, prove from the issuer's published log of acts that the service issued the code, \
            and print a second object: issued, missing (exit 1) or undecided (exit 2). Only files that at least 1,000 \
            codes share are read.
            """, valueName: "DIR|URL"))
    var onlineProof: String?

    @Option(
        help: ArgumentHelp(
            "For --online-proof: the log's verifier key, from `suishen log key --log acts`, or a file that holds it.",
            valueName: "VKEY|FILE"))
    var logKey: String?

    func validate() throws {
        guard (onlineProof == nil) == (logKey == nil) else {
            throw ValidationError("--online-proof and --log-key belong together")
        }
    }

    /// The check; nil without the option.
    func check() throws(CommandError) -> IssuanceCheck? {
        guard let onlineProof, let logKey else { return nil }
        do {
            if let check = try? IssuanceCheck(log: onlineProof, key: logKey) { return check }
            let bytes = try InputFile.read(logKey, byteCountMax: 4096)
            let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
            return try IssuanceCheck(log: onlineProof, key: line)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(
                code: "malformed_key", reason: "--log-key is neither a verifier key nor a file that holds one",
                hint: "name the key that `suishen log key --log acts` prints", status: .usage)
        }
    }
}

extension IssuanceCheck {
    /// Looks accepted codes up, and prints one object for each.
    ///
    /// - Returns: the worst outcome.
    func decide(_ texts: [String], at now: UInt64, isPlain: Bool) -> VerdictOutcome {
        var worst = VerdictOutcome.accept
        for text in texts {
            let result: IssuanceResult
            do {
                result = try self.result(of: text, at: now)
            } catch {
                // A code of another issuer is beside an accepted one; it has no digest here.
                continue
            }
            let line = isPlain ? "issuance \(result.code)" : result.json.encoded()
            StandardStream.output.write(line + "\n")
            worst = max(worst, result.outcome)
        }
        return worst
    }
}

extension IssuanceResult {
    fileprivate var outcome: VerdictOutcome {
        switch self {
        case .issued: .accept
        case .missing: .reject
        case .undecided: .undecided
        }
    }
}
