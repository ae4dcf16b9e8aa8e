import TraceLog

/// The newest checkpoint of a log that several daemons may publish: a row of their database, and a copy where readers
/// find it.
///
/// The row decides. It moves only in the term of the lease that the publisher began with, and the copy follows it. A
/// copy that was cut off is made by the next publisher, before anything else is published.
struct SharedCheckpointRegister: CheckpointRegister {
    /// The most attempts to bring the copy up, each after somebody else has replaced it.
    private static let copyAttemptCountMax = 3

    let log: LogName
    /// The database, in the publisher's term.
    let store: LeasedStore
    let copy: any CheckpointRegister
    let faults: FaultInjection

    func head() throws -> [UInt8]? { try Self.newest(row(), copy.head()) }

    func replace(
        expecting expected: [UInt8]?, with bytes: [UInt8], announce: () throws -> Void
    ) throws -> CheckpointReplacement {
        let row = try row()
        let present = try Self.newest(row, copy.head())
        guard present == expected else { return .refused(present: present) }
        try announce()
        let head = SharedHead(
            size: try Checkpoint(note: bytes).size, epoch: store.term?.epoch ?? 0, bytes: bytes)
        faults(.headAnnounced)
        let isReplaced = try store.submit(isLine: false) { [log] transaction in
            try transaction.sharedRows?.replaceSharedHead(of: log, expecting: row?.bytes, with: head) ?? false
        }.blockingValue()
        guard isReplaced else { return .refused(present: try self.row()?.bytes) }
        faults(.headSwapped)
        try bringUpCopy()
        return .replaced
    }

    func bringUpCopy() throws {
        for _ in 0..<Self.copyAttemptCountMax {
            let (row, present) = (try row(), try copy.head())
            guard let row, present != row.bytes, try Self.newest(row, present) == row.bytes else { return }
            if case .replaced = try copy.replace(expecting: present, with: row.bytes, announce: {}) { return }
        }
        throw LogError.inconsistent("another program changes the published checkpoint")
    }

    private func row() throws(StorageError) -> SharedHead? {
        try store.read { try $0.sharedRows?.sharedHead(of: log) }
    }

    /// The row's checkpoint, unless the copy is of a longer log, as after the return of an older database.
    private static func newest(_ row: SharedHead?, _ copy: [UInt8]?) throws -> [UInt8]? {
        guard let row else { return copy }
        guard let copy else { return row.bytes }
        // A copy that is no checkpoint is reported by whoever reads it.
        guard let size = (try? Checkpoint(note: copy))?.size else { return copy }
        return size > row.size ? copy : row.bytes
    }
}
