import ArgumentParser
import CommandSupport
import Credential
import Encoding
import Signing

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
