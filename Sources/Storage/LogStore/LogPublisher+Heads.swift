import Foundation
import GRDB
import TraceLog

extension LogPublisher {
    /// Publishes the list behind the newest heads entry below `end`, unless it lies there already.
    ///
    /// - Returns: the heads entry's index; nil where the log has none yet.
    func publishHeads(upTo end: UInt64, from start: UInt64) throws -> UInt64? {
        guard let (index, statement) = try store.newestHeads(before: end) else { return nil }
        let folder = HeadsList.folder(of: index)
        // One that the last checkpoint covers was written whole before that was signed.
        if index < start, directory.exists(folder) { return index }
        var folders: Set<String> = [folder]
        try HeadsList.write(index: index, sortedHeads: try store.heads(before: index)) { path, bytes in
            try directory.write(bytes, to: path)
            folders.insert((path as NSString).deletingLastPathComponent)
        }
        for folder in folders.sorted() { try directory.syncFolders(above: folder + "/list") }
        let source = DirectoryLog(folder: directory.path)
        if let finding = try HeadsListAudit.check(index: index, statement: statement, source: source).first {
            throw LogError.inconsistent(finding.detail)
        }
        return index
    }

    /// Removes the lists behind older heads entries; whoever still reads an older checkpoint reads the whole log.
    func removeHeads(except index: UInt64) {
        let kept = String(HeadsList.folder(of: index).dropLast().split(separator: "/").last ?? "")
        for name in directory.names(in: HeadsList.topFolder) where name != kept {
            directory.remove(HeadsList.topFolder + "/" + name)
        }
    }
}

extension TraceLogStore {
    /// The newest heads entry before `end`.
    func newestHeads(before end: UInt64) throws -> (index: UInt64, statement: HeadsStatement)? {
        guard let limit = Int64(exactly: end) else { return nil }
        return try registry.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT idx, bytes FROM log_entries WHERE object = x'' AND idx < ? ORDER BY sequence DESC",
                arguments: [limit])
            while let row = try rows.next() {
                let entry = try Entry.decode(try row.byteArray(1)[...])
                if case .heads(let statement) = entry.event { return (UInt64(try row.number(0)), statement) }
            }
            return nil
        }
    }

    /// Every object's newest entry before `index`, sorted by object.
    func heads(before index: UInt64) throws -> [ObjectHead] {
        guard let limit = Int64(exactly: index) else { return [] }
        return try registry.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT e.object, e.sequence, e.leaf_hash, e.idx FROM log_heads AS h JOIN log_entries AS e
                    ON e.object = h.object AND e.sequence = (
                        SELECT sequence FROM log_entries WHERE object = h.object AND idx < ?
                        ORDER BY sequence DESC LIMIT 1)
                    ORDER BY h.object
                    """, arguments: [limit])
            var heads: [ObjectHead] = []
            while let row = try rows.next() { heads.append(try row.head()) }
            return heads
        }
    }
}
