import Encoding
package import Signing

/// An actor's signature over one entry, or over a batch that includes the entry.
///
/// Alone: a byte string of 64. In a batch: `[signature, position, batch size, [path hash, …]]`.
package enum ActorSignature: Sendable, Equatable {
    case alone([UInt8])
    /// `proof` leads from the entry without its signature to the batch's root.
    case batch([UInt8], proof: InclusionProof)

    package static let byteCount = 64
    /// The most entries of one batch.
    package static let batchCountMax: UInt64 = 1 << 20

    /// The signature itself, 64 bytes.
    package var bytes: [UInt8] {
        switch self {
        case .alone(let bytes), .batch(let bytes, _): bytes
        }
    }

    private static let batchLabel = "suishen batch v1"

    /// The message that is signed once for a batch: the label, the count in 8 bytes, big-endian, and the root.
    static func batchMessage(root: MerkleHash, count: UInt64) -> [UInt8] {
        Array(batchLabel.utf8) + (0..<8).map { UInt8(truncatingIfNeeded: count >> UInt64(56 - 8 * $0)) } + root.bytes
    }

    /// Signs a batch of entries, whose signatures are nil, once for all of them.
    ///
    /// - Throws: `value_out_of_range`, `signature_failed`.
    package static func signBatch(_ entries: [Entry], by key: SigningKey) throws(TraceLogError) -> [ActorSignature] {
        var tree = try batchTree(entries)
        let message = batchMessage(root: try tree.root(count: tree.size), count: tree.size)
        return try batch(sign(message, by: key), over: entries)
    }

    private static func batchTree(_ entries: [Entry]) throws(TraceLogError) -> MemoryTree {
        guard UInt64(entries.count) <= batchCountMax else {
            throw .range("a batch has \(entries.count) entries", "sign \(batchCountMax) entries at most at once")
        }
        var hasher = MerkleHasher()
        var leaves: [MerkleHash] = []
        for entry in entries { leaves.append(hasher.leaf(try entry.signedBytes())) }
        return MemoryTree(leaves: leaves)
    }

    /// Signs one entry, whose signature is nil.
    package static func sign(_ entry: Entry, by key: SigningKey) throws(TraceLogError) -> ActorSignature {
        .alone(try sign(entry.signedBytes(), by: key))
    }

    /// Makes the signatures of a batch's entries from the one signature over the batch.
    ///
    /// - Parameters:
    ///   - signature: over ``batchMessage(root:count:)``.
    ///   - entries: the whole batch in its order, without signatures.
    /// - Returns: a signature for each entry, in the same order.
    /// - Throws: `value_out_of_range`.
    package static func batch(
        _ signature: [UInt8], over entries: [Entry]
    ) throws(TraceLogError) -> [ActorSignature] {
        var tree = try batchTree(entries)
        var signatures: [ActorSignature] = []
        for index in 0..<tree.size {
            let proof = try InclusionProof(leafIndex: index, treeSize: tree.size, from: &tree)
            signatures.append(.batch(signature, proof: proof))
        }
        return signatures
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

    static func read(_ reader: inout EntryReader) throws(TraceLogError) -> ActorSignature {
        if reader.nextMajorType == .byteString { return .alone(try readSignature(&reader)) }
        try EventLimits.expectArray(4, &reader)
        let signature = try readSignature(&reader)
        let position = try reader.readUnsigned()
        let size = try reader.readUnsigned()
        let count = try reader.readArrayHeader()
        guard size <= batchCountMax, position < size, count <= InclusionProof.hashCountMax else {
            throw .entry("the batch signature has a position, size or path beyond its limits")
        }
        var path: [MerkleHash] = []
        for _ in 0..<count { path.append(try Entry.readHash(&reader)) }
        return .batch(signature, proof: InclusionProof(leafIndex: position, treeSize: size, path: path))
    }

    private static func readSignature(_ reader: inout EntryReader) throws(TraceLogError) -> [UInt8] {
        let bytes = try reader.readByteString()
        guard bytes.count == byteCount else { throw .entry("the signature has \(bytes.count) bytes") }
        return Array(bytes)
    }

    private static func sign(_ message: [UInt8], by key: SigningKey) throws(TraceLogError) -> [UInt8] {
        do {
            return try key.sign(message)
        } catch {
            throw TraceLogError(signing: error)
        }
    }
}

/// A signature and the message that it must cover; the entries of one batch share both.
package struct SignatureClaim: Sendable, Hashable {
    package let signature: [UInt8]
    package let message: [UInt8]
    /// The number of entries in the batch; nil for an entry that is signed alone.
    package let batchEntryCount: UInt64?

    package func isValid(by key: VerificationKey) -> Bool {
        key.isValid(signature, for: message)
    }
}

extension Entry {
    /// The signature with its message; nil without a signature, or where its hash path does not lead to a batch root.
    package var signatureClaim: SignatureClaim? {
        guard let signature, let signed = try? signedBytes() else { return nil }
        switch signature {
        case .alone(let bytes): return SignatureClaim(signature: bytes, message: signed, batchEntryCount: nil)
        case .batch(let bytes, let proof):
            var hasher = MerkleHasher()
            guard let root = proof.root(leaf: hasher.leaf(signed)) else { return nil }
            return SignatureClaim(
                signature: bytes, message: ActorSignature.batchMessage(root: root, count: proof.treeSize),
                batchEntryCount: proof.treeSize)
        }
    }
}
