import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import QRImage
import Verification

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

    /// Judges each input, an image's path or a text.
    func run(
        _ profile: ForeignProfile, _ inputs: [String], reader: PictureReader, at now: UInt64
    ) throws -> ExitStatus {
        let keys: ForeignTrust
        do {
            keys = try ForeignTrust(InputFile.read(trust ?? "", byteCountMax: ForeignTrust.byteCountMax))
        } catch let error as ForeignTrustError {
            throw CommandError(code: error.code.rawValue, reason: error.reason, hint: error.hint)
        }
        var reader = reader
        var status = ExitStatus.success
        for input in inputs {
            let text: String
            if unsafe input == "-" || access(input, F_OK) == 0 {
                guard let code = try reader.scan(input).codes.first else {
                    StandardStream.output.write(
                        Verdict(.noCode, reason: "no code is in \(input)").json.encoded() + "\n")
                    status = .undecided
                    continue
                }
                text = code.text
            } else {
                text = input
            }
            let verdict = ForeignVerifier.verdict(text, profile: profile, trust: keys, at: now)
            StandardStream.output.write(verdict.json.encoded() + "\n")
            if !verdict.isAccepted && status == .success { status = .failure }
        }
        return status
    }
}
