import Encoding
package import Signing
import TraceLog

extension ReceiptBook {
    /// Gives the drawn receipts with their proofs; a day answers one draw only.
    ///
    /// - Parameters:
    ///   - draw: the draw, whose indices follow from its beacon.
    ///   - key: the gate's signing key, which signed the closed day.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the drawn receipts, still sealed.
    /// - Throws: `day_open` for a day that is not closed, `draw_foreign`, `draw_differs`, `day_expired`,
    ///   `receipts_damaged`, or an error of the disk.
    package func open(
        _ draw: SettlementDraw, by key: VerificationKey, at now: UInt64
    ) throws(ReceiptError) -> DrawnOpenings {
        try exclusively { () throws(ReceiptError) in
            let day = draw.day
            deleteExpired(at: now)
            guard draw.gate == gate else { throw Self.foreign("it is about gate \(draw.gate.text)") }
            guard exists(day, Self.closedSuffix) else {
                throw ReceiptError(
                    code: .dayOpen, reason: "\(day.text) is not closed",
                    hint: "close it with `verify receipts close`, and register it before a draw")
            }
            guard let closed = try? ClosedDay(read(day, Self.closedSuffix, ClosedDay.byteCountMax), key: { _ in key })
            else { throw .damaged(path(day, Self.closedSuffix), "this gate's key did not sign it") }
            guard draw.count == closed.count, draw.root == closed.root, closed.day == day else {
                throw Self.foreign("its count or root is not that of the closed day")
            }
            guard !Self.isExpired(day, at: now) else { throw Self.dayExpired(day) }
            try answerOnce(draw)
            return try openings(of: draw)
        }
    }

    /// Remembers the draw before anything is given away: two draws of one day would open more than one sample.
    private func answerOnce(_ draw: SettlementDraw) throws(ReceiptError) {
        let digest = DigestAlgorithm.sha256.digest(Array(draw.json.encoded().utf8))
        guard exists(draw.day, Self.drawnSuffix) else { return try write(digest, draw.day, Self.drawnSuffix) }
        guard try read(draw.day, Self.drawnSuffix, digest.count) == digest else {
            throw ReceiptError(
                code: .drawDiffers, reason: "\(draw.day.text) has answered another draw",
                hint: "answer the first draw again; ask the issuer why there are two")
        }
    }

    private func openings(of draw: SettlementDraw) throws(ReceiptError) -> DrawnOpenings {
        let path = path(draw.day, Self.receiptsSuffix)
        var leaves: [MerkleHash] = []
        var receipts: [UInt64: SealedReceipt] = [:]
        let drawn = Set(draw.indices)
        var hasher = MerkleHasher()
        if let file = try ReceiptDayFile.open(path, of: gate, on: draw.day, isMade: false) {
            try file.visit { frame in
                for receipt in frame.receipts {
                    let index = UInt64(leaves.count)
                    if drawn.contains(index) { receipts[index] = receipt }
                    leaves.append(hasher.leaf(receipt.leaf.bytes))
                }
            }
        }
        var tree = MemoryTree(leaves: leaves)
        guard tree.size == draw.count, (try? tree.root(count: tree.size)) == draw.root else {
            throw ReceiptError.damaged(path, "its receipts are not those of the closed day")
        }
        var openings: [DrawnOpenings.Opening] = []
        do throws(TraceLogError) {
            for index in draw.indices {
                guard let receipt = receipts[index] else { continue }
                let proof = try InclusionProof(leafIndex: index, treeSize: tree.size, from: &tree)
                openings.append(.init(index: index, receipt: receipt, path: proof.path))
            }
        } catch {
            throw .damaged(path, error.reason)
        }
        return DrawnOpenings(gate: gate, day: draw.day, openings: openings)
    }

    private static func foreign(_ finding: String) -> ReceiptError {
        ReceiptError(
            code: .drawForeign, reason: "the draw is not for this gate's day: \(finding)",
            hint: "take the line with this gate's identifier, of the day that was registered")
    }
}
