import TraceLog

extension LogPublisher {
    /// Makes the heads entry whose index is reserved, and its list, while appends go on.
    ///
    /// - Returns: false when no index is reserved.
    func makeReservedHeads() async throws -> Bool {
        guard let index = try store.reservedHeads() else { return false }
        let statement = try writeHeads(before: index)
        store.faults(.headsListed)
        try await store.fill(statement)
        return true
    }

    /// Publishes the list of the newest heads entry below `end`, unless it is published already.
    ///
    /// - Returns: the heads entry's index; nil when the log has none yet.
    func publishHeads(upTo end: UInt64, from start: UInt64) throws -> UInt64? {
        guard let (index, statement) = try store.newestHeads(before: end) else { return nil }
        let folder = HeadsList.folder(of: index)
        // A list that the last checkpoint covers was written whole before that checkpoint was signed.
        if index < start, try !tiles.list(folder).isEmpty { return index }
        if newestListIndex != index { _ = try writeHeads(before: index) }
        try checkList(of: index, statement)
        return index
    }

    /// Reads a published list back, and refuses it when it differs from its heads entry.
    func checkList(of index: UInt64, _ statement: HeadsStatement) throws {
        let findings: [AuditFinding]
        do {
            findings = try HeadsListAudit.check(index: index, statement: statement, source: TileSource(tiles: tiles))
        } catch {
            throw LogError.unreadable(error.reason)
        }
        if let finding = findings.first { throw LogError.inconsistent(finding.detail) }
    }

    /// Refuses a published list with a missing file; an audit would take the list for one that was never published.
    func requireList(of index: UInt64, _ statement: HeadsStatement) throws(LogError) {
        let folder = HeadsList.folder(of: index)
        let width = UInt64(TilePath.fullWidth)
        for number in 0..<(statement.objectCount + width - 1) / width {
            for kind in [TilePath.Kind.entries, .hashes(level: 0)] {
                let count = TilePath.width(kind: kind, index: number, size: statement.objectCount)
                let path = folder + TilePath(kind: kind, index: number, width: count).path
                guard try tiles.exists(path) else { throw .missing(path) }
            }
        }
    }

    /// Writes the list of every object's newest entry before `index`, with a small part in memory at a time.
    ///
    /// A list is no file that everybody would write alike, so a publisher whose term is over writes none.
    func writeHeads(before index: UInt64) throws -> HeadsStatement {
        try held.requireTerm()
        let statement = try tiles.writeFolder(String(HeadsList.folder(of: index).dropLast())) { write in
            var list = HeadsListWriter()
            var object: [UInt8]? = []
            while let start = object {
                let part = try store.heads(before: index, from: start)
                for head in part.heads { try list.append(head, to: write) }
                object = part.next
            }
            return try list.finish(entryCount: index, to: write)
        }
        newestListIndex = index
        return statement
    }

    /// Removes the lists of older heads entries; a reader of an older checkpoint must then read the whole log.
    ///
    /// A list of a newer entry stays: a later publisher may have made it while this one was paused.
    func removeHeads(before index: UInt64) throws(LogError) {
        for name in try tiles.list(HeadsList.topFolder) where UInt64(name).map({ $0 < index }) ?? true {
            tiles.remove(HeadsList.topFolder + "/" + name)
        }
    }
}

extension TraceLogStore {
    /// The newest heads entry before `end`.
    func newestHeads(before end: UInt64) throws -> (index: UInt64, statement: HeadsStatement)? {
        try read { snapshot in
            var newest: (index: UInt64, statement: HeadsStatement)?
            try snapshot.visitOwnEntries(containing: [], before: end, newestFirst: true) { index, bytes in
                guard case .heads(let statement) = try Entry.decode(bytes[...]).event else { return true }
                newest = (index, statement)
                return false
            }
            return newest
        }
    }

    /// The reserved index of the next heads entry.
    func reservedHeads() throws -> UInt64? {
        try read { try Sequencer.reservedHeads($0)?.index }
    }

    /// Some objects' newest entries before `index`; see ``Sequencer/heads(before:from:_:)``.
    func heads(before index: UInt64, from object: [UInt8]) throws -> (heads: [ObjectHead], next: [UInt8]?) {
        try read { try Sequencer.heads(before: index, from: object, $0) }
    }
}
