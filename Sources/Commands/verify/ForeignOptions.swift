import ArgumentParser
import CommandSupport
import Encoding
import ForeignCodes
import Gate
import QRReading

extension ForeignProfile: ExpressibleByArgument {}

/// The options that check other issuers' codes.
struct ForeignOptions: ParsableArguments {
    /// The kind of input, never guessed from its spelling: a text may look like a file's name.
    enum Input {
        case text(String)
        /// Paths of PNG or JPEG files; `-` is stdin.
        case pictures([String])
    }

    @Option(help: "Check another issuer's code: hcert (EU DCC, WHO) or claim169 (MOSIP).")
    var profile: ForeignProfile?

    @Option(help: "For --profile: certificates (PEM or DER) or a JWK set whose signatures count.")
    var trust: String?

    @Option(
        help: ArgumentHelp(
            "For --profile hcert: the EU's value sets (JSON), whose codes alone count in their fields.",
            valueName: "file"))
    var valueSets: String?

    func validate() throws {
        guard (profile == nil) == (trust == nil) else { throw ValidationError("--profile and --trust belong together") }
        guard valueSets == nil || profile == .hcert else {
            throw ValidationError("--value-sets belongs to --profile hcert")
        }
    }

    /// Judges a text, or every code of every picture; each code has its own verdict.
    ///
    /// - Returns: the exit status of the worst verdict.
    func run(
        _ profile: ForeignProfile, _ input: Input, reader: PictureReader, at now: UInt64
    ) throws -> ExitStatus {
        let keys: ForeignTrust
        let sets: HealthValueSets?
        do throws(CommandError) {
            keys = try trusted()
            sets = try allowedValues()
        } catch {
            Self.write(undecided: error)
            throw error
        }
        var reader = reader
        var worst = VerdictOutcome.accept
        func judge(_ text: String) {
            let verdict = ForeignVerifier.verdict(text, profile: profile, trust: keys, valueSets: sets, at: now)
            StandardStream.output.write(verdict.json.encoded() + "\n")
            worst = max(worst, verdict.isAccepted ? .accept : .reject)
        }
        switch input {
        case .text(let text): judge(String(decoding: ScannedText(Array(text.utf8)).text, as: UTF8.self))
        case .pictures(let paths):
            for path in paths {
                do throws(CommandError) {
                    try Self.texts(inPicture: path, &reader).forEach(judge)
                } catch {
                    Self.write(undecided: error)
                    Diagnostics(command: "verify").report(error)
                    worst = .undecided
                }
            }
        }
        return worst.exitStatus
    }

    /// Writes an undecided verdict for an unreadable input, so that a guard always sees a verdict.
    private static func write(undecided error: CommandError) {
        let code = RefusalCode(rawValue: error.code) ?? .inputUnreadable
        StandardStream.output.write(
            Verdict(refused: Refusal(code, error.reason, hint: error.hint)).json.encoded() + "\n")
    }

    private func trusted() throws(CommandError) -> ForeignTrust {
        let content = try InputFile.read(trust ?? "", byteCountMax: ForeignTrust.byteCountMax)
        do {
            let keys = try ForeignTrust(content)
            if keys.passedOverCount > 0 {
                Diagnostics(command: "verify").warn(
                    "\(keys.passedOverCount) of \(keys.passedOverCount + keys.keys.count) keys in \(trust ?? "") have "
                        + "unsupported types or are not for these signatures; codes that they signed are refused as unknown_issuer"
                )
            }
            return keys
        } catch {
            throw CommandError(undecided: error)
        }
    }

    /// The value sets to check; nil if the command line names no file of them.
    private func allowedValues() throws(CommandError) -> HealthValueSets? {
        guard let valueSets else { return nil }
        let content = try InputFile.read(valueSets, byteCountMax: HealthValueSets.byteCountMax)
        do {
            let sets = try HealthValueSets(content)
            if sets.unknownCount > 0 {
                Diagnostics(command: "verify").warn(
                    "no field refers to \(sets.unknownCount) of the value sets in \(valueSets); they are not checked")
            }
            return sets
        } catch {
            throw CommandError(undecided: error)
        }
    }

    private static func texts(inPicture path: String, _ reader: inout PictureReader) throws(CommandError) -> [String] {
        let scan = try reader.scan(path)
        if let failure = scan.failure(path) { throw failure }
        return scan.codes.map(\.text)
    }
}
