import ArgumentParser
import CommandSupport
import Encoding
import ForeignCodes
import Gate
import Glibc
import QRReading

extension ForeignProfile: ExpressibleByArgument {}

/// Other issuers' codes: what `--profile` asks for.
struct ForeignOptions: ParsableArguments {
    @Option(help: "Check another issuer's code: hcert (EU DCC, WHO) or claim169 (MOSIP).")
    var profile: ForeignProfile?

    @Option(help: "For --profile: certificates (PEM or DER) or a JWK set whose signatures count.")
    var trust: String?

    func validate() throws {
        guard (profile == nil) == (trust == nil) else { throw ValidationError("--profile and --trust belong together") }
    }

    /// Judges each input, a text or an image's path, of which every code has a verdict of its own.
    func run(
        _ profile: ForeignProfile, _ inputs: [String], reader: PictureReader, at now: UInt64
    ) throws -> ExitStatus {
        let keys: ForeignTrust
        do throws(CommandError) {
            keys = try trusted()
        } catch {
            Self.write(undecided: error)
            throw error
        }
        var reader = reader
        var worst = VerdictOutcome.accept
        for input in inputs {
            let texts: [String]
            do throws(CommandError) {
                texts = try scanned(input, &reader)
            } catch {
                Self.write(undecided: error)
                Diagnostics(command: "verify").report(error)
                worst = .undecided
                continue
            }
            for text in texts {
                let verdict = ForeignVerifier.verdict(text, profile: profile, trust: keys, at: now)
                StandardStream.output.write(verdict.json.encoded() + "\n")
                worst = max(worst, verdict.isAccepted ? .accept : .reject)
            }
        }
        return worst.exitStatus
    }

    /// A guard never sees nothing: what cannot be read is a verdict too.
    private static func write(undecided error: CommandError) {
        let code = VerdictCode(rawValue: error.code) ?? .inputUnreadable
        StandardStream.output.write(Verdict(code, reason: error.reason, hint: error.hint).json.encoded() + "\n")
    }

    private func trusted() throws(CommandError) -> ForeignTrust {
        let content = try InputFile.read(trust ?? "", byteCountMax: ForeignTrust.byteCountMax)
        do {
            let keys = try ForeignTrust(content)
            if keys.passedOverCount > 0 {
                Diagnostics(command: "verify").warn(
                    "\(keys.passedOverCount) of \(keys.passedOverCount + keys.keys.count) keys in \(trust ?? "") are of a "
                        + "kind that is not taken, and codes by them are unknown_issuer")
            }
            return keys
        } catch {
            throw CommandError(code: error.code.rawValue, reason: error.reason, hint: error.hint)
        }
    }

    /// The texts of a picture's codes, or a text given as it is; what is named like a picture is one, there or not.
    private func scanned(_ input: String, _ reader: inout PictureReader) throws(CommandError) -> [String] {
        let isNamedAsPicture = [".png", ".jpg", ".jpeg"].contains { input.lowercased().hasSuffix($0) }
        guard unsafe isNamedAsPicture || input == "-" || access(input, F_OK) == 0 else { return [input] }
        let scan = try reader.scan(input)
        if let failure = scan.failure(input) { throw failure }
        return scan.codes.map(\.text)
    }
}
