import Credential
import Encoding
import Glibc
import Signing
import TestSupport
import Testing
import TraceLog

@testable import Gate

@Suite("A folder of receipts")
struct ReceiptBookTests {
    private let scratch: ScratchFolder
    private let key: SigningKey
    private let settlement: ReceivingKey
    private let day: SettlementDay
    private var gate: GateIdentifier { GateIdentifier(of: key.verificationKey) }
    private var path: String { scratch("book/\(day.text).receipts") }
    private var closing: UInt64 { day.end + 60 }

    init() throws {
        scratch = try ScratchFolder()
        key = try .generate(.ed25519)
        settlement = try .generate(for: .ed25519)
        day = try #require(SettlementDay("2026-11-29"))
    }

    private func book() throws -> ReceiptBook { try ReceiptBook(folder: scratch("book"), gate: gate) }

    private func receipt(_ number: UInt8) throws -> ReceiptEntry {
        let opening = try #require(
            ReceiptOpening(
                random: [UInt8](repeating: number, count: 16), scene: "park", code: [1, 2, number], time: day.start)
        ).encoded()
        return .shown(
            SealedReceipt(leaf: ReceiptOpening.leaf(of: opening), sealed: try settlement.publicKey.seal(opening)))
    }

    private func counts() throws -> [UInt64] {
        try book().days(at: day.end).flatMap { [$0.count, $0.paperCount, $0.timedCount] }
    }

    @Test("loses no receipt but the one that was being written, wherever a power cut tore it")
    func torn() throws {
        try book().keep([receipt(1), .paper, .timed, receipt(2), .paper], on: day)
        let whole = try ProjectFiles.bytes(path)
        try book().keep([receipt(3)], on: day)
        let longer = try ProjectFiles.bytes(path)
        #expect(try counts() == [3, 2, 1] && longer.starts(with: whole))
        for byteCount in whole.count..<longer.count {
            let zeros = [UInt8](repeating: 0, count: longer.count - byteCount)
            for tail in [longer[..<byteCount], longer[..<byteCount] + zeros] {
                // The last byte of a length is zero in a whole frame too.
                guard !tail.elementsEqual(longer) else { continue }
                try scratch.write(Array(tail), to: "book/\(day.text).receipts", mode: 0o600)
                #expect(try counts() == [2, 2, 1], "\(byteCount)")
                #expect(try ProjectFiles.bytes(path) == whole)
            }
        }
        // The next receipt follows the last whole one, and the day closes.
        try book().keep([receipt(3)], on: day)
        let closed = try ClosedDay(book().close(day, by: key, at: closing)) { _ in key.verificationKey }
        #expect(closed.count == 3 && closed.paperCount == 2 && closed.timedCount == 1)
        var hasher = MerkleHasher()
        let leaves = try (1...3 as ClosedRange<UInt8>).map { number in
            guard case .shown(let receipt) = try receipt(number) else { return MerkleHash() }
            return hasher.leaf(receipt.leaf.bytes)
        }
        var tree = MemoryTree(leaves: leaves)
        #expect(try closed.root == tree.root(count: 3))
    }

    @Test("closes no day of which a byte was changed before its last write")
    func damaged() throws {
        try book().keep([receipt(1)], on: day)
        let first = try ProjectFiles.bytes(path).count
        try book().keep([receipt(2)], on: day)
        let honest = try ProjectFiles.bytes(path)
        for position in 0..<first {
            var bytes = honest
            bytes[position] ^= 1
            try scratch.write(bytes, to: "book/\(day.text).receipts", mode: 0o600)
            #expect(throws: ReceiptError.self, "\(position)") { try book().close(day, by: key, at: closing) }
        }
        #expect(!ProjectFiles.exists(scratch("book/\(day.text).closed")))
        try scratch.write(honest, to: "book/\(day.text).receipts", mode: 0o600)
        let other = try SigningKey.generate(.ed25519)
        #expect(throws: ReceiptError.self) {
            try ReceiptBook(folder: scratch("book"), gate: GateIdentifier(of: other.verificationKey))
                .close(day, by: other, at: closing)
        }
        unsafe chmod(scratch("book"), 0o777)
        #expect(throws: ReceiptError.self) { try book() }
    }

    @Test("closes and opens a day of many frames; no record or opening with a changed byte passes")
    func flipped() throws {
        let entries = try (0..<600).map { try receipt(UInt8(truncatingIfNeeded: $0)) }
        try book().keep(entries, on: day)
        let record = try book().close(day, by: key, at: closing)
        let signer = key.verificationKey
        let closed = try ClosedDay(record) { _ in signer }
        #expect(closed.count == 600)
        for position in record.indices {
            var bytes = record
            bytes[position] ^= 1
            #expect(throws: (any Error).self, "\(position)") { try ClosedDay(bytes) { _ in signer } }
        }
        #expect(throws: (any Error).self) { try ClosedDay(Array(record.dropLast())) { _ in signer } }
        #expect(throws: (any Error).self) { try ClosedDay(record) { _ in nil } }
        let draw = try SettlementDraw(of: closed, beacon: "0123456789abcdef", sampleCount: 3)
        let opened = try book().open(draw, by: signer, at: closing)
        #expect(opened.openings.map(\.index) == draw.indices)
        let bytes = opened.encoded()
        #expect(try DrawnOpenings(bytes) == opened && isGood(opened, closed, draw))
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1
            guard let read = try? DrawnOpenings(changed) else { continue }
            #expect(!isGood(read, closed, draw), "\(position)")
        }
    }

    /// Whether every drawn receipt is proved, opens, and hashes to its leaf.
    private func isGood(_ opened: DrawnOpenings, _ closed: ClosedDay, _ draw: SettlementDraw) -> Bool {
        opened.gate == closed.gate && opened.day == closed.day && opened.openings.map(\.index) == draw.indices
            && opened.openings.allSatisfy { opening in
                guard opening.isProved(in: closed.count, root: closed.root),
                    let content = settlement.open(opening.receipt.sealed)
                else { return false }
                return ReceiptOpening.leaf(of: content) == opening.receipt.leaf && ReceiptOpening(content) != nil
            }
    }
}
