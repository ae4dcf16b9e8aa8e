import ArgumentParser
import CommandSupport
import Encoding
import TraceLog

/// `chain-verify inclusion`.
struct InclusionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inclusion", abstract: "Check the proof that a checkpoint's log has an entry at an index.")

    @Option(help: "The entry's bytes.")
    var leaf: String

    @Option(help: "The entry's index.")
    var index: UInt64

    @Option(help: "The checkpoint, a signed note.")
    var checkpoint: String

    @Option(help: "The path from the leaf up, one hash in Base64 a line.")
    var proof: String

    @Option(help: "The log's verifier key; without it the checkpoint's signature is not checked.")
    var key: String?

    @OptionGroup var origin: OriginArgument
    @OptionGroup var output: ProofOutput

    func run() throws {
        let entry = try InputFile.read(leaf)
        let statement = try ProofFile.checkpoint(checkpoint, key: key, origin)
        let path = try ProofFile.read(proof)
        var hasher = MerkleHasher()
        let claim = InclusionProof(leafIndex: index, treeSize: statement.size, path: path)
        guard claim.isValid(leaf: hasher.leaf(entry), root: statement.root) else {
            throw CommandError(
                code: "proof_refused", reason: "the proof does not show that the log has \(leaf) at index \(index)",
                hint: "ask for a proof for exactly this index and size \(statement.size)", status: .failure)
        }
        output.print(
            "included at index \(index) of \(statement.size)", statement, ["index": .integer(Int64(clamping: index))])
    }
}
