import Storage

extension PostgreSQLTransaction: SharedRows {
    var sharedRows: (any SharedRows)? { self }

    func leaseTerm() throws -> LeaseTerm {
        let term = try database.first("SELECT epoch, holder FROM log_lease", []) { row in
            LeaseTerm(epoch: try row.unsigned(0), holder: try row.blob(1))
        }
        guard let term else { throw StorageError.corruptRow("the lease") }
        return term
    }

    /// The lock holds off a change of the holder until the transaction's end, and no renewal.
    func requireLease(_ term: LeaseTerm) throws {
        let isHeld = try database.first(
            "SELECT 1 FROM log_lease WHERE epoch = ? AND holder = ? FOR KEY SHARE", try .integer(term.epoch),
            .bytes(term.holder)
        ) { _ in true }
        guard isHeld == true else { throw LeaseLost() }
    }

    func sharedHead(of log: LogName) throws -> SharedHead? {
        try database.first("SELECT size, epoch, bytes FROM log_head WHERE log = ?", .text(log.rawValue)) { row in
            SharedHead(size: try row.unsigned(0), epoch: try row.unsigned(1), bytes: try row.blob(2))
        }
    }

    func replaceSharedHead(
        of log: LogName, expecting expected: [UInt8]?, with head: SharedHead
    ) throws -> Bool {
        let (name, size, epoch) = (ColumnValue.text(log.rawValue), head.size, head.epoch)
        guard let expected else {
            return try database.runCounting(
                "INSERT INTO log_head VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", name, try .integer(size),
                try .integer(epoch), .bytes(head.bytes)) == 1
        }
        return try database.runCounting(
            "UPDATE log_head SET size = ?, epoch = ?, bytes = ? WHERE log = ? AND bytes = ?", try .integer(size),
            try .integer(epoch), .bytes(head.bytes), name, .bytes(expected)) == 1
    }
}
