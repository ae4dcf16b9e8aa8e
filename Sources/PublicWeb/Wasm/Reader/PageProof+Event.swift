import Credential
import Encoding
import TraceLog

extension PageProof {
    /// One event: its entry is the object's, and the checkpoint's log has it at its index.
    ///
    /// The parts are the entry, and its index in the log.
    mutating func takeEvent(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        guard let checkpoint, let object = code.claims?.object else { throw .misused }
        let (bytes, index) = (try parts.bytes(0), try parts.number(1))
        do throws(TraceLogError) {
            let entry = try Entry.decode(bytes)
            guard entry.object.bytes == object.id else { throw Self.failed("the entry is another object's") }
            var hasher = MerkleHasher()
            let leaf = hasher.leaf(bytes)
            var nodes = LogTiles.nodes(size: checkpoint.size)
            let proof = try InclusionProof(leafIndex: index, treeSize: checkpoint.size, from: &nodes)
            guard proof.isValid(leaf: leaf, root: checkpoint.root) else {
                throw Self.failed("the log that the checkpoint signs does not have the entry at \(index)")
            }
            return entry.described(at: EntryLink(leafHash: leaf, index: index))
        } catch {
            throw StepFailure(error)
        }
    }

    private static func failed(_ reason: String) -> TraceLogError {
        TraceLogError(code: .malformedProof, reason: reason, hint: "tell the issuer, with the page's address")
    }
}
