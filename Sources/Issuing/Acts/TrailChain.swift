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
