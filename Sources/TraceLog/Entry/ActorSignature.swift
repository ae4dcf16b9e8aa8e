import Encoding
package import Signing

/// An actor's signature over one entry, or over a batch that the entry is part of.
///
/// Alone: a byte string of 64. In a batch: `[signature, position, batch size, [path hash, …]]`.
package enum ActorSignature: Sendable, Equatable {
    case alone([UInt8])
    /// `proof` leads from the entry without its signature to the batch's root.
    case batch([UInt8], proof: InclusionProof)

    package static let byteCount = 64
    package static let batchCountMax: UInt64 = 1 << 20

    private static let batchLabel = "suishen batch v1"

    /// What is signed once for a batch: the label, the count in 8 bytes, big-endian, and the root.
    package static func batchMessage(root: MerkleHash, count: UInt64) -> [UInt8] {
        Array(batchLabel.utf8) + (0..<8).map { UInt8(truncatingIfNeeded: count >> UInt64(56 - 8 * $0)) } + root.bytes
    }

    /// Signs entries, whose signatures are null, once for all of them.
    ///
    /// - Throws: `value_out_of_range`, `signature_failed`.
    package static func signBatch(_ entries: [Entry], by key: SigningKey) throws(TraceLogError) -> [ActorSignature] {
        var hasher = MerkleHasher()
        var leaves: [MerkleHash] = []
        for entry in entries { leaves.append(hasher.leaf(try entry.signedBytes())) }
        var tree = MemoryTree(leaves: leaves)
        let signature = try sign(batchMessage(root: tree.root(count: tree.size), count: tree.size), by: key)
        var signatures: [ActorSignature] = []
        for index in 0..<tree.size {
            let proof = try InclusionProof(leafIndex: index, treeSize: tree.size, from: &tree)
            signatures.append(.batch(signature, proof: proof))
        }
        return signatures
    }

    /// Signs one entry.
    package static func sign(_ entry: Entry, by key: SigningKey) throws(TraceLogError) -> ActorSignature {
        .alone(try sign(entry.signedBytes(), by: key))
    }

    /// Whether the signature is by `key` over `entry`, whatever stands in its own signature field.
    package func isValid(for entry: Entry, by key: VerificationKey) throws(TraceLogError) -> Bool {
        let signed = try entry.signedBytes()
        guard let (signature, message) = claim(signedBytes: signed) else { return false }
        return key.isValid(signature, for: message)
    }

    /// The signature and the message that it must be over, which entries of one batch share; nil for a broken path.
    package func claim(signedBytes: [UInt8]) -> (signature: [UInt8], message: [UInt8])? {
        switch self {
        case .alone(let signature): return (signature, signedBytes)
        case .batch(let signature, let proof):
            var hasher = MerkleHasher()
            guard let root = proof.root(leaf: hasher.leaf(signedBytes)) else { return nil }
            return (signature, Self.batchMessage(root: root, count: proof.treeSize))
        }
    }

    func write(to writer: inout CBORWriter) {
        switch self {
        case .alone(let signature): writer.byteString(signature)
        case .batch(let signature, let proof):
            writer.array(count: 4)
            writer.byteString(signature)
            writer.unsigned(proof.leafIndex)
            writer.unsigned(proof.treeSize)
            writer.array(count: proof.path.count)
            for hash in proof.path { writer.byteString(hash.bytes) }
        }
    }

    static func read(_ reader: inout CBORReader) throws -> ActorSignature {
        if reader.nextMajorType == .byteString { return .alone(try readSignature(&reader)) }
        try EventLimits.expectArray(4, &reader)
        let signature = try readSignature(&reader)
        let position = try reader.readUnsigned()
        let size = try reader.readUnsigned()
        let count = try reader.readArrayHeader()
        guard size <= batchCountMax, position < size, count <= InclusionProof.hashCountMax else {
            throw TraceLogError.entry("a batch signature out of its limits")
        }
        var path: [MerkleHash] = []
        for _ in 0..<count { path.append(try Entry.readHash(&reader)) }
        return .batch(signature, proof: InclusionProof(leafIndex: position, treeSize: size, path: path))
    }

    private static func readSignature(_ reader: inout CBORReader) throws -> [UInt8] {
        let bytes = try reader.readByteString()
        guard bytes.count == byteCount else { throw TraceLogError.entry("a signature of \(bytes.count) bytes") }
        return Array(bytes)
    }

    private static func sign(_ message: [UInt8], by key: SigningKey) throws(TraceLogError) -> [UInt8] {
        do {
            return try key.sign(message)
        } catch {
            throw TraceLogError(code: .signatureFailed, reason: error.reason, hint: error.hint)
        }
    }
}
