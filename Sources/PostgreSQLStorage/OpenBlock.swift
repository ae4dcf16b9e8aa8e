import Storage

/// The newest block of a status list, as the open transaction has it.
///
/// Every code takes an index. The block's order is read once for a transaction, and its used count is written once, before
/// the transaction's end; between, indices are taken without asking the server.
struct OpenBlock {
    let list: String
    let base: Int64?
    /// Two bytes for each index in the order of use.
    let order: [UInt8]
    var used: Int64?
    /// Whether the server does not have the used count yet.
    var isChanged = false

    /// The block.
    ///
    /// - Throws: `registry_corrupt`.
    var block: StatusBlock {
        get throws(StorageError) {
            let start = used.flatMap { Int(exactly: $0) }.map { 2 * max(-1, min($0, Registry.statusBlockCount)) }
            return try StatusBlock(base: base, used: used, order: order, from: start ?? 0)
        }
    }
}

extension PostgreSQLTransaction {
    func newestStatusBlock(of list: String) throws -> StatusBlock? {
        if let open = database.openBlock, open.list == list { return try open.block }
        try database.writeOpenBlock()
        let found = try database.first(
            "SELECT base, used, shuffled FROM statusBlock WHERE list = ? ORDER BY base DESC LIMIT 1", .text(list)
        ) { OpenBlock(list: list, base: $0.integer(0), order: try $0.blob(2), used: $0.integer(1)) }
        database.openBlock = found
        return try found?.block
    }

    func insertStatusBlock(of list: String, base: UInt64, order: [UInt16]) throws {
        try database.writeOpenBlock()
        database.openBlock = nil
        let order = order.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        try database.run("INSERT INTO statusBlock VALUES (?, ?, ?, 1)", .text(list), .integer(base), .bytes(order))
    }

    func setUsedCount(_ used: Int, ofStatusBlock base: UInt64, of list: String) throws {
        guard !database.setUsedCount(used, of: base, list) else { return }
        try database.runUsedCount(used, of: base, list)
    }

    func closeStatusBlock(_ base: UInt64, of list: String) throws {
        try database.writeOpenBlock()
        database.openBlock = nil
        try database.run(
            "UPDATE statusBlock SET used = ?, shuffled = ? WHERE list = ? AND base = ?",
            .integer(Int64(Registry.statusBlockCount)), .bytes([]), .text(list), .integer(base))
    }
}

extension PostgreSQLSession {
    /// Keeps the used count of the open block for the transaction's end.
    ///
    /// - Returns: false for another block.
    func setUsedCount(_ used: Int, of base: UInt64, _ list: String) -> Bool {
        guard openBlock?.list == list, openBlock?.base == Int64(exactly: base) else { return false }
        openBlock?.used = Int64(used)
        openBlock?.isChanged = true
        noteChange()
        return true
    }

    /// Sends the used count that was kept.
    func writeOpenBlock() throws {
        guard let open = openBlock, open.isChanged, let base = open.base, let used = open.used else { return }
        openBlock?.isChanged = false
        try runUsedCount(Int(used), of: UInt64(clamping: base), open.list)
    }

    func runUsedCount(_ used: Int, of base: UInt64, _ list: String) throws {
        try run(
            "UPDATE statusBlock SET used = ? WHERE list = ? AND base = ?", .integer(Int64(used)), .text(list),
            .integer(base))
    }
}
