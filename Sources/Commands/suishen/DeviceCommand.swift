import ArgumentParser
import CommandSupport
import Credential
import Encoding
import Glibc
import Signing

/// Makes the secret that a phone keeps: a key, or a hash chain.
struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Make the secret that a phone keeps.",
        subcommands: [DeviceKeygenCommand.self, DeviceChainCommand.self])
}

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

/// Makes a hash chain.
struct DeviceChainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chain",
        abstract: "Make a hash chain for a chain code and print its anchor.",
        discussion: """
            The issuer sees only the anchor. The seed is written once, with mode 0400. Use a chain for one credential \
            only: a reader of a late link can compute every earlier one.
            """)

    @Option(help: "The file for the seed; it must not exist.")
    var out: String

    @Option(help: "The code's lifetime in seconds, 1 to 86400; a slot is 30 seconds.")
    var lifetime: UInt64 = 86_400

    @Option(help: "The issuer's suite: ed25519, es256 or sm2.")
    var algorithm = Suite.ed25519

    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard (1...86_400).contains(lifetime) else { throw ValidationError("--lifetime is 1 to 86400 seconds") }
    }

    func run() throws {
        try CommandError.wrapping {
            let seed = try ChainSeed(
                slotCount: HashChain.slotCount(from: 0, to: lifetime), digest: algorithm.digest,
                random: SystemRandom())
            try SecretFile.create(seed.encoded(), at: out)
            result.print(["anchor": .string(Hex.encode(seed.anchor)), "slots": .integer(Int64(seed.slotCount))])
        }
    }
}
