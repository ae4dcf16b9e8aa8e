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
            The issuer sees the anchor only. The seed is written once, with mode 0400. A chain serves one credential: \
            whoever saw a late link of it knows every earlier one.
            """)

    @Option(help: "Where the seed goes; the file must not exist.")
    var out: String

    @Option(help: "Seconds the code will live, 1 to 86400; a slot has 30.")
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
