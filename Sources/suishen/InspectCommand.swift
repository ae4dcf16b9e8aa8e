import ArgumentParser
import CommandSupport
import Credential
import Encoding
import QRImage

/// Looks into a code without trusting it.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Decode a code without checking anything: for people who debug.",
        discussion: "Nothing printed is verified. Gates use verify.")

    @Argument(help: "A code's text, a file with it, a PNG or JPEG picture, or - for stdin.")
    var input: String

    @OptionGroup var result: ResultOptions

    func run() throws {
        let diagnostics = Diagnostics(command: "suishen")
        diagnostics.warn("nothing below is verified")
        var firstError: CredentialError?
        for text in try texts() {
            do {
                result.print(try Inspection(text: text).json)
            } catch {
                result.print([
                    "trusted": false, "text": .string(text), "code": .string(error.code.rawValue),
                    "reason": .string(error.reason),
                ])
                firstError = firstError ?? error
            }
        }
        if let firstError { throw CommandError(firstError) }
    }

    private func texts() throws(CommandError) -> [String] {
        if CredentialArgument.isText(input) { return [input] }
        return try CommandError.wrapping {
            let content = try InputFile.read(input)
            guard Self.isPicture(content) else {
                return [try CredentialArgument.text(content: content, name: input)]
            }
            var scanner = Scanner()
            let codes = scanner.scan(try GreyImage.read(content)).codes
            guard !codes.isEmpty else {
                throw CommandError(
                    code: "no_code", reason: "\(input) shows no code that can be read",
                    hint: "take the picture closer and sharper", status: .failure)
            }
            return codes.map(\.text)
        }
    }

    private static func isPicture(_ content: [UInt8]) -> Bool {
        content.starts(with: [0x89, 0x50, 0x4E, 0x47]) || content.starts(with: [0xFF, 0xD8])
    }
}
