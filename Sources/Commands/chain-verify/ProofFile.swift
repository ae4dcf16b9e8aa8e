import CommandSupport
import Encoding
import TraceLog

/// A proof as text: one hash in Base64 a line; empty lines and lines that begin with `#` are ignored.
enum ProofFile {
    private static let byteCountMax = 1 << 16
    private static let hashCountMax = 2 * InclusionProof.hashCountMax

    static func read(_ path: String) throws(CommandError) -> [MerkleHash] {
        try hashes(in: try InputFile.read(path, byteCountMax: byteCountMax), of: path)
    }

    /// Takes a proof's bytes; `path` names them in errors.
    static func hashes(in bytes: [UInt8], of path: String) throws(CommandError) -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        for line in bytes.split(separator: 0x0A) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("#") { continue }
            guard hashes.count < hashCountMax, let bytes = try? Base64.decode(text), let hash = MerkleHash(bytes) else {
                throw CommandError(
                    code: TraceLogError.Code.malformedProof.rawValue, reason: "\(path) is not a proof",
                    hint: "write one hash of 32 bytes in Base64 a line")
            }
            hashes.append(hash)
        }
        return hashes
    }

    /// Reads a checkpoint; where a key is given, it must have signed it, and the checkpoint must belong to its log.
    static func checkpoint(_ path: String, key: String?, _ origin: OriginArgument) throws -> Checkpoint {
        try checkpoint(try InputFile.read(path, byteCountMax: SignedNote.byteCountMax), in: path, key: key, origin)
    }

    /// Takes a checkpoint's bytes; `path` names them in errors.
    static func checkpoint(
        _ bytes: [UInt8], in path: String, key: String?, _ origin: OriginArgument
    ) throws -> Checkpoint {
        let note = try CommandError.naming(path) { () throws(TraceLogError) in try SignedNote(bytes: bytes) }
        let checkpoint = try CommandError.naming(path) { () throws(TraceLogError) in try Checkpoint(text: note.text) }
        let key = try key.map { try LogArguments.key($0) }
        if let key, !note.isSigned(by: key) {
            throw CommandError(
                code: "checkpoint_signature", reason: "\(path) is not signed by the log's key",
                hint: "fetch the checkpoint again, or give the key that signs this log", status: .failure)
        }
        guard origin.matches(checkpoint, signedBy: key) else {
            throw CommandError(
                code: "checkpoint_signature", reason: "\(path) belongs to the log \(checkpoint.origin)",
                hint: OriginArgument.hint, status: .failure)
        }
        if key == nil {
            Diagnostics(command: "chain-verify").warn("without --key the signature of \(path) is not checked")
        }
        return checkpoint
    }
}
