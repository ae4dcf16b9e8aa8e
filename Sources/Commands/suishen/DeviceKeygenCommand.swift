import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import Signing

/// Makes a device key.
struct DeviceKeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make a device key and write its public part beside it.",
        discussion: "The private key is written once, with mode 0400, and never replaces a file.")

    @Option(help: "The file for the private key; it must not exist.")
    var out: String

    @Option(help: "The file for the public key; KEY.pub.pem by default.")
    var publicOut: String?

    @Option(help: "ed25519, es256 or sm2.")
    var algorithm = Suite.ed25519

    @OptionGroup var result: ResultOptions

    private var publicPath: String {
        publicOut ?? (out.hasSuffix(".pem") ? String(out.dropLast(4)) : out) + ".pub.pem"
    }

    func validate() throws {
        guard publicPath != out else { throw ValidationError("--public-out must not be --out") }
    }

    func run() throws {
        try CommandError.wrapping {
            let key = try SigningKey.generate(algorithm.algorithm)
            try key.write(to: out)
            do {
                try OutputFile.write(key.verificationKey.pem(), to: publicPath)
            } catch {
                // Without its public key the private key is useless, and the file would make the next attempt fail.
                unsafe unlink(out)
                throw error
            }
            result.print([
                "algorithm": .string(algorithm.rawValue),
                "publicKey": .string(Hex.encode(key.verificationKey.raw)),
                "keyIdentifier": .string(Hex.encode(key.verificationKey.keyIdentifier)),
                "privateKeyFile": .string(out), "publicKeyFile": .string(publicPath),
            ])
        }
    }
}
