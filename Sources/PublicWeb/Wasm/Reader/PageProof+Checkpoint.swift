import Credential
import Encoding
import Signing
import TraceLog

extension PageProof {
    /// The checkpoint: signed by the log key of the code's issuer in the trust list, and a continuation of what this browser saw last.
    ///
    /// The parts are the checkpoint, and the remembered one (empty for none).
    mutating func takeCheckpoint(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        checkpoint = nil
        guard let trust = code.trust, let issuer = code.claims?.issuer else { throw .misused }
        let (bytes, rememberedBytes) = (Array(try parts.bytes(0)), Array(try parts.bytes(1)))
        do throws(TraceLogError) {
            let (found, signatureCount) = try Self.signed(bytes, by: issuer, trust)
            checkpoint = found
            var answer: JSONObject = [
                "origin": .string(found.origin), "size": .string(String(found.size)),
                "root": .string(Hex.encode(found.root.bytes)),
                "otherSignatures": .integer(Int64(signatureCount - 1)),
            ]
            // The memory holds what this browser checked before; only its key may have been struck since.
            let remembered = rememberedBytes.isEmpty ? nil : try? Checkpoint(note: rememberedBytes)
            answer["memory"] = .string(try Self.compare(found, with: remembered))
            if let remembered { answer["rememberedSize"] = .string(String(remembered.size)) }
            return answer
        } catch {
            throw StepFailure(error)
        }
    }

    private static func signed(
        _ bytes: [UInt8], by issuer: String, _ trust: PageTrust
    ) throws(TraceLogError) -> (checkpoint: Checkpoint, signatureCount: Int) {
        let note = try SignedNote(bytes: bytes)
        let checkpoint = try Checkpoint(text: note.text)
        for record in trust.bundle.issuers
        where record.issuer == issuer && record.uses.contains(.checkpoint) && record.status == .active {
            guard let key = PageTrust.key(record),
                let noteKey = try? NoteKey(name: checkpoint.origin, kind: .ed25519, key: key)
            else { continue }
            if note.isSigned(by: noteKey) { return (checkpoint, note.signatures.count) }
        }
        throw TraceLogError(
            code: .malformedCheckpoint, reason: "no log key of the code's issuer has signed the checkpoint",
            hint: "reload the page; if the error stays, tell the issuer")
    }

    /// How the checkpoint stands to the remembered one: `first`, `same`, `grown`, `older` or `forked`.
    private static func compare(
        _ found: Checkpoint, with remembered: Checkpoint?
    ) throws(TraceLogError) -> String {
        guard let remembered, remembered.isOf(found.origin) else { return "first" }
        // The smaller log must be the beginning of the larger one, whichever of them is newer.
        let (small, large) = remembered.size <= found.size ? (remembered, found) : (found, remembered)
        if small.size == large.size { return small.root == large.root ? "same" : "forked" }
        var nodes = LogTiles.nodes(size: large.size)
        let proof = try ConsistencyProof(oldSize: small.size, newSize: large.size, from: &nodes)
        guard proof.isValid(oldRoot: small.root, newRoot: large.root) else { return "forked" }
        return remembered.size < found.size ? "grown" : "older"
    }
}
