package import Credential
import Foundation
package import GRDB
import Signing

extension Registry {
    /// Indices in one block of a status list.
    package static let statusBlockCount = 4096
    /// Indices in a whole list, all shards together.
    package static let statusIndexCount = Claims.statusIndexMax + 1

    /// Takes an index that no other code has, at random within the list's newest block.
    ///
    /// A block's order is drawn once and stored before any of it is used, so that neighbours in a list say nothing of
    /// one another, and a crash can lose an index but never hand it out twice.
    ///
    /// - Throws: `status_list_full`, `registry_corrupt`.
    package func takeStatusIndex(in list: StatusListReference, in database: Database) throws -> UInt64 {
        let newest = try newestBlock(of: list.listName, in: database)
        if let newest, newest.used < Self.statusBlockCount {
            guard let next = newest.next else { throw StorageError.corruptRow("an open block without its order") }
            try database.run(
                "UPDATE statusBlock SET used = ? WHERE list = ? AND base = ?", .integer(Int64(newest.used + 1)),
                .text(list.listName), .integer(newest.base))
            return newest.base + next
        }
        let base = try max(newest?.end ?? 0, statusFloor(of: list.listName, in: database))
        guard base < Self.statusIndexCount else {
            throw StorageError(
                code: .statusListFull, reason: "the status list \(list.name) has no index left",
                hint: "issue under another issuer name")
        }
        let order = try shuffledBlock()
        try database.run(
            "INSERT INTO statusBlock VALUES (?, ?, ?, 1)", .text(list.listName), .integer(base),
            .bytes(order.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }))
        return base + UInt64(order[0])
    }

    /// Fisher and Yates's shuffle; 4 random bytes a step keep its bias under one in a million.
    private func shuffledBlock() throws -> [UInt16] {
        var order = (0..<UInt16(Self.statusBlockCount)).map { $0 }
        let random = try self.random.bytes(4 * order.count)
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            let draw = random[4 * last..<4 * last + 4].reduce(0) { $0 << 8 | UInt64($1) }
            order.swapAt(last, Int(draw % UInt64(last + 1)))
        }
        return order
    }

    /// The end of the newest block that a list has; 0 where it has none.
    ///
    /// - Throws: `registry_corrupt`.
    package func newestStatusIndexEnd(of list: String, in database: Database) throws -> UInt64 {
        try newestBlock(of: list, in: database)?.end ?? 0
    }

    /// Marks every open block as used up, so that no index is taken from it any more.
    ///
    /// A state that was copied back within a block gives none of the block's indices again. What is left of the block is
    /// lost: at most 4,095 of a list's 2³² indices for each start after which the list gives an index.
    ///
    /// - Throws: `registry_corrupt`.
    package func voidOpenBlocks(in database: Database) throws {
        for name in try statusListNames(in: database) {
            try voidOpenBlock(of: name, below: Self.statusIndexCount, in: database)
        }
    }

    /// Marks a list's newest block as used up if it begins below `end`; no other block of a list is ever open.
    func voidOpenBlock(of list: String, below end: UInt64, in database: Database) throws {
        guard let newest = try newestBlock(of: list, in: database), newest.used < Self.statusBlockCount,
            newest.base < end
        else { return }
        // The order is of no use any more, and is most of the row's bytes.
        try database.run(
            "UPDATE statusBlock SET used = ?, shuffled = x'' WHERE list = ? AND base = ?",
            .integer(Int64(Self.statusBlockCount)), .text(list), .integer(newest.base))
    }

    /// A list's newest block, which alone can be open.
    private struct StatusBlock {
        let base: UInt64
        /// How many of its indices were taken.
        let used: Int
        /// The next index to take, counted from `base`; nil where the block has no order.
        let next: UInt64?

        /// The first index behind the block.
        var end: UInt64 { base + UInt64(Registry.statusBlockCount) }
    }

    private func newestBlock(of list: String, in database: Database) throws -> StatusBlock? {
        try database.first(
            "SELECT base, used, substr(shuffled, used * 2 + 1, 2) FROM statusBlock WHERE list = ? "
                + "ORDER BY base DESC LIMIT 1", .text(list)
        ) { row in
            let blockCount = UInt64(Self.statusBlockCount)
            guard let base = row.integer(0).flatMap(UInt64.init(exactly:)), base.isMultiple(of: blockCount),
                base < Self.statusIndexCount
            else { throw StorageError.corruptRow("a block's base") }
            guard let used = row.integer(1), (0...Int64(blockCount)).contains(used) else {
                throw StorageError.corruptRow("how much of a block is used")
            }
            let next = row.bytes(2).flatMap { $0.count == 2 ? UInt64($0[0]) << 8 | UInt64($0[1]) : nil }
            guard next ?? 0 < blockCount else { throw StorageError.corruptRow("a block's order") }
            return StatusBlock(base: base, used: Int(used), next: next)
        }
    }
}
