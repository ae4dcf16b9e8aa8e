import ArgumentParser
import CommandSupport
import Credential
import Encoding
import QRReading

/// Looks into a code without trusting it.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Decode a code without checking anything: for people who debug.",
        discussion: """
            Nothing printed is verified; gates use verify. `system` says whose code it is: suishen, hcert (EU DCC and \
            its like), claim169 (MOSIP), cwt, transit (also in hex), medical (28 digits), or unknown. What is printed \
            may name a person.
            """)

    @Argument(help: "A code's text, a file with it or with its bytes, a PNG or JPEG picture, or - for stdin.")
    var input: String

    @OptionGroup var result: ResultOptions

    func run() throws {
        Diagnostics(command: "suishen").warn("what follows is untrusted: nothing of it is verified")
        var firstError: CommandError?
        for code in try codes() {
            let (json, error) = code.inspection
            result.print(json)
            firstError = firstError ?? error
        }
        if let firstError { throw firstError }
    }

    private func codes() throws(CommandError) -> [InspectedCode] {
        if InspectedCode.isOne(input) { return [InspectedCode(text: input)] }
        return try CommandError.wrapping {
            let content = try InputFile.read(input)
            guard Self.isPicture(content) else {
                let text = try? CredentialArgument.text(content: content, name: input)
                return [text.map(InspectedCode.init(text:)) ?? InspectedCode(bytes: content, text: "")]
            }
            var scanner = Scanner()
            let codes = scanner.scan(try GreyImage.read(content)).codes
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
