package import TraceLog

/// A published checkpoint that the log must reach and match before it takes or publishes entries.
package struct LogFloor: Sendable, Equatable {
    package let size: UInt64
    package let root: MerkleHash

    package init(size: UInt64, root: MerkleHash) {
        self.size = size
        self.root = root
    }

    static func raise(to floor: LogFloor, _ transaction: any LogTransaction) throws {
        guard floor.size > (try transaction.logFloor()?.size ?? 0) else { return }
        try transaction.setLogFloor(floor)
    }

    /// Refuses a log of `count` entries that is below its floor.
    ///
    /// - Throws: `log_behind`.
    static func check(_ count: UInt64, _ snapshot: any LogSnapshot) throws {
        try check(count, snapshot.logFloor())
    }

    /// Like ``check(_:_:)``, with a floor that was read before.
    static func check(_ count: UInt64, _ floor: LogFloor?) throws(LogError) {
        if let floor, count < floor.size { throw .behind(count: count, floor: floor) }
    }
}

extension LogError {
    static func behind(count: UInt64, floor: LogFloor) -> LogError {
        LogError(
            code: .logBehind,
            reason: "the log has \(count) entries, and \(floor.size) were published before the registry was restored",
            hint: "put the missing entries back before you append events; codes are issued and revoked meanwhile")
    }
}

extension TraceLogStore {
    /// Refuses a log that is below the checkpoint that it must reach.
    ///
    /// - Throws: `log_behind`, or `log_inconsistent` for impossible rows.
    package func checkFloor() throws {
        let (count, floor) = try read { (try Sequencer.next($0).index, try $0.logFloor()) }
        try LogFloor.check(count, floor)
    }

    /// The checkpoint that the log must reach; nil where it has reached it, or never had to.
    package func floor() throws -> LogFloor? {
        try read { try $0.logFloor() }
    }

    /// Whether the log is below the checkpoint that it must reach.
    package func isBehind(in snapshot: any LogSnapshot) throws -> Bool {
        let snapshot = snapshot.snapshot(of: name)
        guard let floor = try snapshot.logFloor() else { return false }
        return try Sequencer.next(snapshot).index < floor.size
    }

    /// Checks the entries against the checkpoint that they must reach; it reads each entry once.
    ///
    /// - Returns: whether there is such a checkpoint.
    /// - Throws: `log_behind`; `log_forked` when the entries differ from the published ones; `log_inconsistent`.
    func checkAgainstFloor() throws -> Bool {
        guard let floor = try read({ try $0.logFloor() }) else { return false }
        _ = try publishableCount()
        var tree = TileAccumulator()
        var hasher = MerkleHasher()
        while tree.size < floor.size {
            let end = min(floor.size, tree.size + UInt64(TilePath.fullWidth))
            for entry in try everyEntry(tree.size..<end) {
                try entry.check(by: &hasher)
                try tree.append(entry.leafHash, hasher: &hasher) { (_) throws(LogError) in }
            }
        }
        guard tree.root(hasher: &hasher) == floor.root else {
            throw LogError(
                code: .logForked,
                reason: "the first \(floor.size) entries differ from the published checkpoint",
                hint: "stop, publish nothing, and put each published entry back in its place")
        }
        return true
    }

    /// Removes the checkpoint that the log had to reach, once the log was checked against it.
    func removeFloor() async throws {
        try await write { try $0.removeLogFloor() }
    }
}
