import Encoding
package import TraceLog

/// A gate's answer to a draw: the drawn receipts with their proofs, still sealed to the issuer's settlement key.
package struct DrawnOpenings: Sendable, Equatable {
    /// One drawn receipt.
    package struct Opening: Sendable, Equatable {
        package let index: UInt64
        package let receipt: SealedReceipt
        /// The siblings from the leaf up (RFC 9162 §2.1.3).
        package let path: [MerkleHash]

        package init(index: UInt64, receipt: SealedReceipt, path: [MerkleHash]) {
            (self.index, self.receipt, self.path) = (index, receipt, path)
        }

        /// Whether the receipt stands at its index in a closed day.
        package func isProved(in count: UInt64, root: MerkleHash) -> Bool {
            var hasher = MerkleHasher()
            return InclusionProof(leafIndex: index, treeSize: count, path: path).isValid(
                leaf: hasher.leaf(receipt.leaf.bytes), root: root)
        }
    }

    /// The most bytes of a file, with ``SettlementDraw/sampleCountMax`` of the longest receipts.
    package static let byteCountMax =
        SettlementDraw.sampleCountMax * (SealedReceipt.sealedByteCountMax + InclusionProof.hashCountMax * 34 + 64) + 64

    package let gate: GateIdentifier
    package let day: SettlementDay
    package let openings: [Opening]

    package init(gate: GateIdentifier, day: SettlementDay, openings: [Opening]) {
        (self.gate, self.day, self.openings) = (gate, day, openings)
    }

    /// Reads a file.
    ///
    /// - Throws: `openings_invalid`.
    package init(_ bytes: [UInt8]) throws(ReceiptError) {
        do {
            var reader = try CBORReader(bytes, byteCountMax: Self.byteCountMax)
            guard try reader.readArrayHeader() == 3,
                let gate = GateIdentifier(bytes: Array(try reader.readByteString())),
                let day = SettlementDay(number: try reader.readUnsigned())
            else { throw Self.invalid }
            let count = try reader.readArrayHeader()
            guard count <= SettlementDraw.sampleCountMax else { throw Self.invalid }
            var openings: [Opening] = []
            for _ in 0..<count { openings.append(try Self.opening(&reader)) }
            try reader.finish()
            // One answer to each index: the gate cannot try several.
            guard zip(openings, openings.dropFirst()).allSatisfy({ $0.index < $1.index }) else { throw Self.invalid }
            self.init(gate: gate, day: day, openings: openings)
        } catch {
            throw Self.invalid
        }
    }

    private static func opening(_ reader: inout CBORReader) throws -> Opening {
        guard try reader.readArrayHeader() == 4 else { throw invalid }
        let index = try reader.readUnsigned()
        guard let leaf = MerkleHash(try reader.readByteString()) else { throw invalid }
        let sealed = Array(try reader.readByteString())
        let hashCount = try reader.readArrayHeader()
        guard sealed.count <= SealedReceipt.sealedByteCountMax, hashCount <= InclusionProof.hashCountMax else {
            throw invalid
        }
        var path: [MerkleHash] = []
        for _ in 0..<hashCount {
            guard let hash = MerkleHash(try reader.readByteString()) else { throw invalid }
            path.append(hash)
        }
        return Opening(index: index, receipt: SealedReceipt(leaf: leaf, sealed: sealed), path: path)
    }

    package func encoded() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 3)
        writer.byteString(gate.bytes)
        writer.unsigned(day.number)
        writer.array(count: openings.count)
        for opening in openings {
            writer.array(count: 4)
            writer.unsigned(opening.index)
            writer.byteString(opening.receipt.leaf.bytes)
            writer.byteString(opening.receipt.sealed)
            writer.array(count: opening.path.count)
            for hash in opening.path { writer.byteString(hash.bytes) }
        }
        return writer.bytes
    }

    private static let invalid = ReceiptError(
        code: .openingsInvalid, reason: "the file is not a gate's answer to a draw",
        hint: "copy the file again as `verify receipts open` wrote it")
}
