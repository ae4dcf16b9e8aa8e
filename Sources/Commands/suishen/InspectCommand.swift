import ArgumentParser
import CommandSupport
import Credential
import Encoding
import QRReading

/// Decodes a code without verifying it.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Decode a code without checking anything: for people who debug.",
        discussion: """
            Nothing printed is verified; gates use verify. `system` names the code's system: suishen, hcert (EU DCC \
            and similar), claim169 (MOSIP), cwt, transit (also in hex), medical (28 digits), or unknown. The output \
            may contain personal data.
            """)

    @Argument(help: "A code's text, a file with its text or bytes, a PNG or JPEG picture, or - for stdin.")
    var input: String

    @OptionGroup var result: ResultOptions

    func run() throws {
        Diagnostics(command: "suishen").warn("the output is untrusted: nothing in it is verified")
        var firstError: CommandError?
        for code in try codes() {
            let (json, error) = code.inspection
            result.print(json)
            firstError = firstError ?? error
        }
        if let firstError { throw firstError }
    }

    private func codes() throws(CommandError) -> [InspectedCode] {
        if InspectedCode.isCodeText(input) { return [InspectedCode(text: input)] }
        return try CommandError.wrapping {
            let content = try InputFile.read(input)
            guard Self.isPicture(content) else {
                let text = try? CredentialArgument.text(content: content, name: input)
                return [text.map(InspectedCode.init(text:)) ?? InspectedCode(bytes: content, text: "")]
            }
            var scanner = Scanner()
            let codes = scanner.scan(try PictureFile(content)).codes
            guard !codes.isEmpty else {
                throw CommandError(
                    code: "no_code", reason: "\(input) shows no code that can be read",
                    hint: "take the picture closer and sharper", status: .failure)
            }
            return codes.map { InspectedCode(bytes: $0.bytes, text: $0.text) }
        }
    }

    private static func isPicture(_ content: [UInt8]) -> Bool {
        content.starts(with: [0x89, 0x50, 0x4E, 0x47]) || content.starts(with: [0xFF, 0xD8])
    }
}
