import ArgumentParser
import CommandSupport
import Encoding
import TraceLog

/// `chain-verify consistency`.
struct ConsistencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consistency", abstract: "Check the proof that a checkpoint's log extends an older checkpoint's.")

    @Option(help: "The older checkpoint, a signed note.")
    var old: String

    @Option(help: "The newer checkpoint, a signed note.")
    var new: String

    @Option(help: "The proof, one hash in Base64 a line.")
    var proof: String

    @Option(help: "The log's verifier key; without it the checkpoints' signatures are not checked.")
    var key: String?

    @OptionGroup var origin: OriginArgument
    @OptionGroup var output: ProofOutput

    func run() throws {
        let older = try ProofFile.checkpoint(old, key: key, origin)
        let newer = try ProofFile.checkpoint(new, key: key, origin)
        let path = try ProofFile.read(proof)
        let claim = ConsistencyProof(oldSize: older.size, newSize: newer.size, path: path)
        guard newer.isOf(older.origin), claim.isValid(oldRoot: older.root, newRoot: newer.root) else {
            throw CommandError(
                code: "proof_refused", reason: "the proof does not show that \(new) extends \(old)",
                hint: "ask for a proof from size \(older.size) to \(newer.size)", status: .failure)
        }
        output.print(
            "consistent from \(older.size) to \(newer.size)", newer,
            ["oldSize": .integer(Int64(clamping: older.size))])
    }
}
