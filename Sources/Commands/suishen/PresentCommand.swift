import ArgumentParser
import CommandSupport
import Credential
import Encoding
import Issuing
import QRDrawing
import Signing

/// Shows a code as a phone would.
struct PresentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "present",
        abstract: "Show a code as the holder's phone does; needs no daemon.")

    @Option(help: "The issued code: its text, a file with its text or with the output of issue --json, or -.")
    var credential: String

    @Option(help: "The device key of a signed code.")
    var deviceKey: String?

    @Option(help: "The gate's challenge, 8 to 16 bytes in hex; signed codes only.")
    var challenge: String?

    @Option(help: "The seed of a chain code.")
    var seed: String?

    @OptionGroup var clock: ClockOptions
    @OptionGroup var picture: PictureOptions
    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard (deviceKey == nil) != (seed == nil) else { throw ValidationError("give either --device-key or --seed") }
        guard challenge == nil || deviceKey != nil else {
            throw ValidationError("--challenge needs --device-key: a chain cannot answer one")
        }
    }

    func run() throws {
        try CommandError.wrapping {
            let maker = try PresentationMaker(text: CredentialArgument.text(credential))
            let shown = try present(with: maker)
            let text = try shown.text()
            result.print(try picture.draw(text).described(in: CodeAnswer.json(shown, text: text)))
        }
    }

    private func present(with maker: PresentationMaker) throws -> IssuedCredential {
        if let deviceKey {
            return try maker.signed(
                by: SigningKey(contentsOf: deviceKey), time: clock.now, challenge: challengeBytes())
        }
        let file = try SecretFile.read(seed ?? "", byteCountMax: ChainSeed.fileByteCountMax)
        return try maker.linked(by: ChainSeed(file: file), time: clock.now)
    }

    private func challengeBytes() throws(CommandError) -> [UInt8]? {
        guard let challenge else { return nil }
        do {
            return try Hex.decode(challenge)
        } catch {
            throw CommandError(error, in: "--challenge")
        }
    }
}
