package import Credential
import Signing

extension Registry {
    /// The number of indices in one block of a status list.
    package static let statusBlockCount = 4096
    /// The number of indices in a whole list with all its shards.
    package static let statusIndexCount = Claims.statusIndexMax + 1

    /// Takes an index that no other code has, at random within the list's newest block.
    ///
    /// A block's random order is stored before its first index is used. So neighbours in a list reveal nothing about
    /// each other, and a crash can lose an index but never hand it out twice.
    ///
    /// - Throws: `status_list_full`, also for a list that was dropped; `registry_corrupt`.
    package func takeStatusIndex(
        in list: StatusListReference, in transaction: any RegistryTransaction
    ) throws -> UInt64 {
        let newest = try transaction.newestStatusBlock(of: list.listName)
        if let newest, newest.used < Self.statusBlockCount {
            guard let next = newest.next else { throw StorageError.corruptRow("an open block has no order") }
            try transaction.setUsedCount(newest.used + 1, ofStatusBlock: newest.base, of: list.listName)
            return newest.base + next
        }
        guard try !Self.isDropped(list, in: transaction) else {
            throw StorageError(
                code: .statusListFull, reason: "the status list \(list.name) has ended, and its codes were dropped",
                hint: "correct this machine's clock")
        }
        let base = try max(newest?.end ?? 0, statusFloor(of: list.listName, in: transaction))
        guard base < Self.statusIndexCount else {
            throw StorageError(
                code: .statusListFull, reason: "the status list \(list.name) has no index left",
                hint: "issue under another issuer name")
        }
        let order = try shuffledBlock()
        try transaction.insertStatusBlock(of: list.listName, base: base, order: order)
        return base + UInt64(order[0])
    }

    /// A Fisher-Yates shuffle; 4 random bytes per step keep its bias under one in a million.
    private func shuffledBlock() throws -> [UInt16] {
        var order = (0..<UInt16(Self.statusBlockCount)).map { $0 }
        let random = try self.random.bytes(4 * order.count)
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            let draw = random[4 * last..<4 * last + 4].reduce(0) { $0 << 8 | UInt64($1) }
            order.swapAt(last, Int(draw % UInt64(last + 1)))
        }
        return order
    }

    /// The end of a list's newest block; 0 for a list without blocks.
    ///
    /// - Throws: `registry_corrupt`.
    package func newestStatusIndexEnd(of list: String, in snapshot: any RegistrySnapshot) throws -> UInt64 {
        try snapshot.newestStatusBlock(of: list)?.end ?? 0
    }

    /// Marks every open block as used up, so that no more indices are taken from it.
    ///
    /// A restored copy of the state then hands out none of the block's indices again. The block's unused indices are
    /// lost: at most 4,095 of a list's 2³² indices for each start after which the list hands out an index.
    ///
    /// - Throws: `registry_corrupt`.
    package func voidOpenBlocks(in transaction: any RegistryTransaction) throws {
        for name in try statusListNames(in: transaction) {
            try voidOpenBlock(of: name, below: Self.statusIndexCount, in: transaction)
        }
    }

    /// Marks a list's newest block as used up if it begins below `end`; only the newest block can be open.
    func voidOpenBlock(of list: String, below end: UInt64, in transaction: any RegistryTransaction) throws {
        guard let newest = try transaction.newestStatusBlock(of: list), newest.used < Self.statusBlockCount,
            newest.base < end
        else { return }
        try transaction.closeStatusBlock(newest.base, of: list)
    }
}
