import ArgumentParser
import CommandSupport
import Encoding
import TraceLog

/// `chain-verify inclusion`.
struct InclusionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inclusion", abstract: "Check the proof that a checkpoint's log has an entry at an index.",
        discussion: """
            A C2SP tlog-proof is --proof alone: it has the index, the path and the checkpoint, and the entry as its \
            extra data. Otherwise name them one by one.
            """)

    @Option(help: "The entry's bytes; those in the tlog-proof by default.")
    var leaf: String?

    @Option(help: "The entry's index, where the proof is no tlog-proof.")
    var index: UInt64?

    @Option(help: "The checkpoint, a signed note, where the proof is no tlog-proof.")
    var checkpoint: String?

    @Option(help: "A C2SP tlog-proof, or the path from the leaf up, one hash in Base64 a line.")
    var proof: String

    @Option(help: "The log's verifier key; without it the checkpoint's signature is not checked.")
    var key: String?

    @OptionGroup var origin: OriginArgument
    @OptionGroup var output: ProofOutput

    func run() throws {
        let bytes = try InputFile.read(proof, byteCountMax: TransparencyProof.byteCountMax)
        if TransparencyProof.isProof(bytes) { return try check(whole: bytes) }
        guard let leaf, let index, let checkpoint else {
            throw ValidationError("give --leaf, --index and --checkpoint, since --proof is no tlog-proof")
        }
        let entry = try InputFile.read(leaf)
        let statement = try ProofFile.checkpoint(checkpoint, key: key, origin)
        try check(entry, at: index, try ProofFile.hashes(in: bytes, of: proof), in: statement, name: leaf)
    }

    private func check(whole bytes: [UInt8]) throws {
        guard index == nil, checkpoint == nil else {
            throw ValidationError("--proof is a tlog-proof, which has its own index and checkpoint")
        }
        let found = try CommandError.naming(proof) { () throws(TraceLogError) in try TransparencyProof(bytes: bytes) }
        let statement = try ProofFile.checkpoint(found.checkpoint, in: proof, key: key, origin)
        let entry: [UInt8]
        if let leaf {
            entry = try InputFile.read(leaf)
        } else if let extra = found.entry {
            entry = extra
        } else {
            throw ValidationError("\(proof) has no extra data: give the entry with --leaf")
        }
        try check(entry, at: found.leafIndex, found.path, in: statement, name: leaf ?? "its entry")
    }

    private func check(
        _ entry: [UInt8], at index: UInt64, _ path: [MerkleHash], in statement: Checkpoint, name: String
    ) throws {
        var hasher = MerkleHasher()
        let claim = InclusionProof(leafIndex: index, treeSize: statement.size, path: path)
        guard claim.isValid(leaf: hasher.leaf(entry), root: statement.root) else {
            throw CommandError(
                code: "proof_refused", reason: "the proof does not show that the log has \(name) at index \(index)",
                hint: "ask for a proof for exactly this index and size \(statement.size)", status: .failure)
        }
        output.print(
            "included at index \(index) of \(statement.size)", statement, ["index": .integer(Int64(clamping: index))])
    }
}
