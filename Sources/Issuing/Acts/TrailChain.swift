import Encoding
import Storage
import TraceLog

/// Chains the operator's trail into the log of acts: an entry has the number of the last line and a running hash.
struct TrailChain: Sendable {
    /// How many lines are read at once.
    private static let partCount = 10_000

    let database: any RegistryStore
    let acts: ActsLog

    /// Appends an entry if the trail has grown since the last one.
    ///
    /// - Parameter now: milliseconds since 1970-01-01T00:00:00Z.
    /// - Throws: an error of the registry.
    func extend(atMilliseconds now: UInt64) async throws {
        try await followLog()
        let known = try database.read { try $0.trailChain() }
        var hash = TrailLine.start
        if let known {
            guard let last = MerkleHash(known.hash) else { throw StorageError.corruptRow("the hash over the trail") }
            hash = last
        }
        var number = known?.number ?? 0
        while true {
            let lines = try database.read { [number] in
                try $0.auditLines(after: number, count: Self.partCount, subject: nil)
            }
            for line in lines { hash = try TrailLine(line).hash(after: hash) }
            number = lines.last?.number ?? number
            if lines.count < Self.partCount { break }
        }
        guard number > known?.number ?? 0 else { return }
        let state = TrailChainState(number: number, hash: hash.bytes)
        try await database.write { [acts] database in
            guard try database.trailChain() == known else { return }
            try acts.entry(
                .trail, [Hex.encode(state.hash), String(state.number)], atMilliseconds: now, in: database)
            try database.putTrailChain(state)
        }
    }

    /// The newest statement of the log about lines up to `number` and no later ones.
    ///
    /// - Parameters:
    ///   - number: a line of the trail.
    ///   - size: the size of the published log; later entries are left out.
    ///   - snapshot: a moment of the registry.
    /// - Returns: the last line of the statement, and the hash over the trail up to it; nil where there is none.
    /// - Throws: `registry_corrupt`, or an error of the store.
    static func statement(
        upTo number: UInt64, publishedSize size: UInt64, in snapshot: any LogSnapshot
    ) throws -> TrailChainState? {
        let log = snapshot.snapshot(of: .acts)
        let stream = ActTerm.trail.stream
        guard let head = try log.head(of: stream) else { return nil }
        var (low, end) = (UInt64(0), head.sequence + 1)
        var found: TrailChainState?
        // Each statement is about more lines than the one before.
        while low < end {
            let middle = low + (end - low) / 2
            guard let entry = try log.entries(of: stream, from: middle, count: 1).first,
                case .act(let act) = try Entry.decode(entry.bytes[...]).event, act.term == .trail,
                let stated = UInt64(act.values[1]), let hash = try? Hex.decode(act.values[0])
            else { throw StorageError.corruptRow("a statement about the audit trail") }
            if stated <= number, entry.index < size {
                found = TrailChainState(number: stated, hash: hash)
                low = middle + 1
            } else {
                end = middle
            }
        }
        return found
    }

    /// Goes on from the log's newest statement where the registry knows of an earlier one, as after a recovery.
    ///
    /// The lines that were lost are in no hash of this registry any more. Later lines get higher numbers than theirs, so
    /// that copies of the lost ones and the later ones together are a trail that the log confirms.
    private func followLog() async throws {
        try await database.write { [acts] database in
            guard let (act, _) = try acts.newest(of: .trail, in: database), let stated = UInt64(act.values[1]),
                stated > (try database.trailChain()?.number ?? 0), let hash = try? Hex.decode(act.values[0])
            else { return }
            try database.raiseAuditNumber(to: stated)
            try database.putTrailChain(TrailChainState(number: stated, hash: hash))
        }
    }
}

extension TrailLine {
    init(_ line: AuditLine) throws {
        self.init(
            number: line.number, time: line.time, uid: line.uid, action: line.action, subject: line.subject,
            detail: try line.json)
    }
}

extension AuditLine {
    /// The particulars; null where the line has none.
    var json: JSONValue {
        get throws {
            guard let text = detail else { return .null }
            guard let json = try? JSONValue.parse(Array(text.utf8), byteCountMax: text.utf8.count) else {
                throw StorageError.corruptRow("a line of the audit trail")
            }
            return json
        }
    }
}
