import Storage
import TraceLog

/// Publishes the digests of issued codes: a tree of each minute, and files of the sets that readers fetch.
///
/// Each step is one transaction, and each later step can be done again: a crash between two of them leaves work, and
/// loses nothing. A code's digest is in the transaction of its issue, and goes only once its day is published.
struct IssuanceLedger: Sendable {
    /// How many digests are read at once, and how many are deleted in one transaction.
    static let partCount = 16_384
    /// The counter of the last minute that was given to codes; no later minute is lower.
    static let minuteCounter = "issued.minute"
    /// The counter of the statements in the log that the registry knows.
    private static let statementCounter = "issued.statements"

    let database: any RegistryStore
    let acts: ActsLog

    /// Does everything that is due.
    ///
    /// - Parameter nowMilliseconds: milliseconds since 1970-01-01T00:00:00Z.
    /// - Throws: an error of the store or of the published files.
    func pass(atMilliseconds nowMilliseconds: UInt64) async throws {
        let minute = nowMilliseconds / 60_000
        try await followLog()
        try await closeMinute(before: minute)
        for closed in try database.read({ try $0.issuedMinutes() }) where closed.entryIndex == nil {
            try await publish(closed, atMilliseconds: nowMilliseconds)
        }
        try await mergeMinutes(atMilliseconds: nowMilliseconds)
        try await closeDays(before: minute, atMilliseconds: nowMilliseconds)
        try await list(at: minute)
        try await forget()
    }

    /// Takes up statements that the log has and the registry does not know of, as after a recovery.
    ///
    /// The next minutes are then later than theirs, and the list has their sets.
    private func followLog() async throws {
        while try await database.write({ database in
            let acts = database.snapshot(of: .acts)
            let known = try database.counter(Self.statementCounter) ?? 0
            let entries = try acts.entries(of: ActTerm.issued.stream, from: known, count: Self.partCount)
            guard !entries.isEmpty else { return false }
            // A backup may have been made after a minute was closed, and before it was stated.
            let unstated = Set(try database.issuedMinutes().filter { $0.entryIndex == nil }.map(\.minute))
            for entry in entries {
                guard case .act(let act) = try Entry.decode(entry.bytes[...]).event,
                    let statement = IssuedStatement(act)
                else { throw StorageError.corruptRow("an entry about issued codes") }
                try database.raiseCounter(Self.minuteCounter, to: statement.minutes.upperBound - 1)
                if statement.span == 1, unstated.contains(statement.minute) {
                    try database.setEntry(entry.index, ofIssuedMinute: statement.minute)
                }
                let isListed = try database.issuedSets().contains {
                    $0.minute <= statement.minute
                        && statement.minutes.upperBound <= $0.minute + $0.span
                }
                if statement.hasFiles, !isListed {
                    try database.deleteIssuedSets(in: statement.minutes, below: statement.span)
                    try database.insertIssuedSet(IssuedSet(statement, entryIndex: entry.index))
                }
            }
            try database.raiseCounter(Self.statementCounter, to: known + UInt64(entries.count))
            return entries.count == Self.partCount
        }) {}
    }

    /// Gives a minute to the codes that were issued before `now` and have none yet.
    ///
    /// After a step of the clock back, codes wait until the clock has passed the last minute that was given.
    private func closeMinute(before now: UInt64) async throws {
        try await database.write { database in
            let after = try Self.lastNumber(in: database)
            guard let last = try database.lastIssuance(before: now, after: after),
                let first = try database.issuances(after + 1...last.number, count: 1).first
            else { return }
            let minute = max(last.minute, try (database.counter(Self.minuteCounter) ?? 0) + 1)
            guard minute < now else { return }
            try database.insertIssuedMinute(
                IssuedMinute(minute: minute, numbers: first.number...last.number, entryIndex: nil))
            try database.raiseCounter(Self.minuteCounter, to: minute)
        }
    }

    /// The number of the last code that a minute was given to; 0 when no such code's digest is left.
    private static func lastNumber(in snapshot: any RegistrySnapshot) throws -> UInt64 {
        try snapshot.issuedMinutes().map(\.numbers.upperBound).max() ?? 0
    }

    /// Makes a minute's tree and its entry, and the minute's files where it has enough codes.
    private func publish(_ minute: IssuedMinute, atMilliseconds now: UInt64) async throws {
        let statement = try publishFiles(of: [minute], from: minute.minute, span: 1)
        try await database.write { [acts] database in
            guard try database.issuedMinutes().first(where: { $0.minute == minute.minute })?.entryIndex == nil else {
                return
            }
            let index = try acts.append(statement, atMilliseconds: now, in: database)
            try database.setEntry(index, ofIssuedMinute: minute.minute)
            if statement.hasFiles { try database.insertIssuedSet(IssuedSet(statement, entryIndex: index)) }
        }
    }

    /// Makes a set of the minutes without files, once they have enough codes together.
    private func mergeMinutes(atMilliseconds now: UInt64) async throws {
        let (minutes, sets) = try database.read { (try $0.issuedMinutes(), try $0.issuedSets()) }
        let left = Self.unlisted(minutes, sets)
        for day in Self.days(of: left) {
            let part = left.filter { $0.minute / IssuedStatement.daySpan == day }
            guard let first = part.first, let last = part.last,
                part.map(\.count).reduce(0, +) >= UInt64(IssuedStatement.neighbourCountMin)
            else { continue }
            try await publishSet(of: part, from: first.minute, span: last.minute - first.minute + 1, at: now)
        }
    }

    /// Makes the sets of whole days that are over, in place of their smaller sets.
    ///
    /// A day stays open while the digests of a listed set are neither in the registry nor in the set's files.
    private func closeDays(before minute: UInt64, atMilliseconds now: UInt64) async throws {
        let (minutes, sets) = try database.read { (try $0.issuedMinutes(), try $0.issuedSets()) }
        for day in Self.days(of: minutes) {
            let start = day * IssuedStatement.daySpan
            let end = start + IssuedStatement.daySpan
            // A code of the day's last minute may still be in the queue of writes.
            guard end + 1 < minute, !sets.contains(where: { $0.minute == start && $0.span == end - start }) else {
                continue
            }
            // From here on no code gets a minute of this day.
            try await database.write { try $0.raiseCounter(Self.minuteCounter, to: end - 1) }
            let part = try database.read { try $0.issuedMinutes() }.filter { (start..<end).contains($0.minute) }
            let listed = sets.filter { (start..<end).contains($0.minute) }
            guard let (own, others) = try split(part, besides: listed, ofDayFrom: start) else { continue }
            try await publishSet(of: own, and: others, from: start, span: end - start, at: now)
        }
    }

    private func publishSet(
        of minutes: [IssuedMinute], and others: [IssuedLeaf] = [], from start: UInt64, span: UInt64, at now: UInt64
    ) async throws {
        let statement = try publishFiles(of: minutes, and: others, from: start, span: span)
        try await database.write { [acts] database in
            let index = try acts.append(statement, atMilliseconds: now, in: database)
            try database.deleteIssuedSets(in: start..<start + span, below: span)
            try database.insertIssuedSet(IssuedSet(statement, entryIndex: index))
        }
    }

    /// Makes the tree over some minutes' codes and other leaves, and writes its files.
    @discardableResult
    func publishFiles(
        of minutes: [IssuedMinute], and others: [IssuedLeaf] = [], from start: UInt64, span: UInt64
    ) throws -> IssuedStatement {
        var leaves = others
        leaves.reserveCapacity(others.count + minutes.map { Int($0.count) }.reduce(0, +))
        for minute in minutes {
            let offset = UInt16(minute.minute - start)
            var next = minute.numbers.lowerBound
            while next <= minute.numbers.upperBound {
                let part = try database.read { [next] database in
                    try database.issuances(next...minute.numbers.upperBound, count: Self.partCount)
                }
                guard let last = part.last else { break }
                for code in part {
                    guard let digest = MerkleHash(code.digest) else {
                        throw StorageError.corruptRow("the digest of an issued code")
                    }
                    leaves.append(IssuedLeaf(digest: digest, offset: offset))
                }
                next = last.number + 1
            }
        }
        guard !leaves.isEmpty else { throw StorageError.corruptRow("the digests of issued codes are missing") }
        let tree = IssuedTree(leaves)
        let statement = tree.statement(minute: start, span: span)
        if statement.hasFiles {
            _ = try acts.log.tiles.writeFolder(statement.folder) { write in
                try tree.visitFiles { prefix, bytes in
                    let path = statement.path(of: prefix)
                    try write(String(path.dropFirst(statement.folder.count + 1)), bytes)
                }
            }
        }
        return statement
    }

    /// The minutes whose codes are in no set yet.
    private static func unlisted(_ minutes: [IssuedMinute], _ sets: [IssuedSet]) -> [IssuedMinute] {
        minutes.filter { minute in
            minute.entryIndex != nil
                && !sets.contains { ($0.minute..<$0.minute + $0.span).contains(minute.minute) }
        }
    }

    private static func days(of minutes: [IssuedMinute]) -> [UInt64] {
        Set(minutes.map { $0.minute / IssuedStatement.daySpan }).sorted()
    }
}

extension IssuanceLedger {
    /// Replaces the list of sets where it differs, once a checkpoint covers their entries.
    ///
    /// The list is read before the rows that the new one comes from: while this daemon was paused, another one may have
    /// replaced it by a later one, which stays then.
    private func list(at minute: UInt64) async throws {
        let tiles = acts.log.tiles
        let listed = try tiles.read(IssuedStatement.indexPath)
        let index = try database.read { database in
            let (minutes, sets) = (try database.issuedMinutes(), try database.issuedSets())
            let after = try Self.lastNumber(in: database)
            // A code that was dated two minutes ago is on disk by now.
            var through = minute < 2 ? 0 : minute - 2
            if let first = Self.unlisted(minutes, sets).first { through = min(through, first.minute - 1) }
            if let newest = try database.newestIssuance(), newest.number > after,
                let first = try database.issuances(after + 1...newest.number, count: 1).first
            {
                through = min(through, first.minute - 1)
            }
            return IssuedIndex(through: through, lines: sets.map(\.line))
        }
        guard listed != index.bytes, let size = try await acts.log.publish(),
            index.lines.allSatisfy({ $0.entryIndex < size })
        else { return }
        _ = try tiles.replace(index.bytes, at: IssuedStatement.indexPath, expecting: listed)
    }

    /// Deletes the digests of published days, in short transactions, and the folders that the list does not name.
    private func forget() async throws {
        let (minutes, sets) = try database.read { (try $0.issuedMinutes(), try $0.issuedSets()) }
        let kept = Set(sets.map { "\($0.minute)-\($0.span)" })
        let days = sets.filter { $0.span == IssuedStatement.daySpan }
        let tiles = acts.log.tiles
        for name in try tiles.list(IssuedStatement.folder) where !kept.contains(name) {
            // The folder of a set that a crash cut off is made again.
            guard let start = name.split(separator: "-").first.flatMap({ UInt64($0) }),
                days.contains(where: { ($0.minute..<$0.minute + $0.span).contains(start) })
            else { continue }
            tiles.remove(IssuedStatement.folder + "/" + name)
        }
        let done = minutes.filter { minute in
            days.contains { ($0.minute..<$0.minute + $0.span).contains(minute.minute) }
        }
        guard let last = done.last else { return }
        while try await database.write({
            try $0.deleteIssuances(through: last.numbers.upperBound, countMax: Self.partCount)
        }) == Self.partCount {}
        try await database.write { try $0.deleteIssuedMinutes(before: last.minute + 1) }
    }
}

extension ActsLog {
    /// Appends the statement about a set of issued codes.
    ///
    /// - Throws: `log_behind` while entries are missing after a recovery.
    fileprivate func append(
        _ statement: IssuedStatement, atMilliseconds now: UInt64, in database: any LogTransaction
    ) throws -> UInt64 {
        let act = try statement.act
        return try entry(act.term, act.values, atMilliseconds: now, in: database)
    }
}

extension IssuedSet {
    fileprivate init(_ statement: IssuedStatement, entryIndex: UInt64) {
        self.init(
            minute: statement.minute, span: statement.span, count: statement.count,
            bitCount: UInt64(statement.bitCount), entryIndex: entryIndex)
    }

    fileprivate var line: IssuedIndex.Line {
        IssuedIndex.Line(
            minute: minute, span: span, count: count, bitCount: Int(clamping: bitCount), entryIndex: entryIndex)
    }
}
