/// A file of a set: the leaves with the same first bits, one more on each side, and a proof of their places.
///
/// Position of the first leaf in 8 bytes, number of leaves in 4, number of hashes in 1, all big-endian; then the leaves,
/// then the hashes of the tree's nodes outside them, from left to right.
package struct IssuedFile: Sendable, Equatable {
    /// The most bytes of a file, with room for digests that lie unevenly.
    package static let byteCountMax = 1 << 24
    private static let headerByteCount = 13
    private static let proofCountMax = 128

    /// The place of the first leaf in the set.
    package let start: UInt64
    package let leaves: [IssuedLeaf]
    package let proof: [MerkleHash]

    init(start: UInt64, leaves: [IssuedLeaf], proof: [MerkleHash]) {
        self.start = start
        self.leaves = leaves
        self.proof = proof
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            Self.headerByteCount + leaves.count * IssuedLeaf.byteCount + proof.count * MerkleHash.byteCount)
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: start >> shift)) }
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: leaves.count >> shift))
        }
        bytes.append(UInt8(proof.count))
        for leaf in leaves { leaf.append(to: &bytes) }
        for hash in proof { hash.append(to: &bytes) }
        return bytes
    }

    /// Reads a file; nothing is proved yet.
    ///
    /// - Throws: `malformed_issued_file`.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        guard bytes.count >= Self.headerByteCount, bytes.count <= Self.byteCountMax else {
            throw .issuedFile("it has \(bytes.count) bytes")
        }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        let (count, proofCount) = (Int(number(8..<12)), Int(bytes[12]))
        let proofStart = Self.headerByteCount + count * IssuedLeaf.byteCount
        guard count > 0, proofCount <= Self.proofCountMax,
            bytes.count == proofStart + proofCount * MerkleHash.byteCount
        else { throw .issuedFile("its length does not match its number of leaves") }
        start = number(0..<8)
        leaves = (0..<count).map { IssuedLeaf(bytes.span, at: Self.headerByteCount + $0 * IssuedLeaf.byteCount) }
        proof = (0..<proofCount).map { MerkleHash(bytes.span, at: proofStart + $0 * MerkleHash.byteCount) }
    }

    /// Checks that the file has every leaf of a set with these first bits.
    ///
    /// - Throws: `malformed_issued_file`.
    package func check(_ statement: IssuedStatement, prefix: UInt16) throws(TraceLogError) {
        let (end, overflow) = start.addingReportingOverflow(UInt64(leaves.count))
        guard !overflow, end <= statement.count, let first = leaves.first, let last = leaves.last else {
            throw .issuedFile("it has leaves beyond the end of its set")
        }
        for (left, right) in zip(leaves, leaves.dropFirst()) where left > right {
            throw .issuedFile("its leaves are not in ascending order")
        }
        guard leaves.allSatisfy({ UInt64($0.offset) < statement.span }) else {
            throw .issuedFile("a leaf's minute is not one of the set's minutes")
        }
        guard start == 0 || statement.prefix(of: first.digest) < prefix,
            end == statement.count || statement.prefix(of: last.digest) > prefix
        else { throw .issuedFile("it does not show the leaves beside its own") }
        guard root(of: statement.count) == statement.root else {
            throw .issuedFile("its leaves do not lead to the root that the log states")
        }
    }

    /// Whether the file has a leaf of this digest.
    package func contains(_ digest: MerkleHash) -> Bool { leaves.contains { $0.digest == digest } }

    /// The root of a tree of `count` leaves; nil when the proof does not have a hash for each node outside.
    private func root(of count: UInt64) -> MerkleHash? {
        guard let count = Int(exactly: count), let start = Int(exactly: start) else { return nil }
        var hasher = MerkleHasher()
        var left = proof[...]
        let root = node(0..<count, start..<start + leaves.count, &left, &hasher)
        return left.isEmpty ? root : nil
    }

    private func node(
        _ range: Range<Int>, _ own: Range<Int>, _ left: inout ArraySlice<MerkleHash>, _ hasher: inout MerkleHasher
    ) -> MerkleHash? {
        guard range.overlaps(own) else { return left.popFirst() }
        guard range.count > 1 else { return leaves[range.lowerBound - own.lowerBound].hash(&hasher) }
        let split = range.lowerBound + Int(InclusionProof.split(UInt64(range.count)))
        guard let first = node(range.lowerBound..<split, own, &left, &hasher),
            let second = node(split..<range.upperBound, own, &left, &hasher)
        else { return nil }
        return hasher.node(first, second)
    }

    /// Visits the largest nodes of a tree that have no leaf of `own`, from left to right.
    static func visitOutside(_ own: Range<Int>, of range: Range<Int>, _ visit: (Range<Int>) -> Void) {
        guard range.overlaps(own) else { return visit(range) }
        guard range.lowerBound < own.lowerBound || range.upperBound > own.upperBound else { return }
        let split = range.lowerBound + Int(InclusionProof.split(UInt64(range.count)))
        visitOutside(own, of: range.lowerBound..<split, visit)
        visitOutside(own, of: split..<range.upperBound, visit)
    }
}

extension TraceLogError {
    package static func issuedFile(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedIssuedFile, reason: "the file of issued codes is malformed: \(reason)",
            hint: "fetch it again; if it stays so, the published log of acts was changed")
    }
}
