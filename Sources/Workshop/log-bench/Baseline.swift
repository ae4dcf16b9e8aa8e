import Foundation
import GRDB
import Glibc

/// The same machine's speed with the same bytes, without a log.
enum Baseline {
    static let groupCount = 256
    private static let entryByteCount = 180
    private static let syncCount = 200

    /// The rows inserted into one table in a second, synced once a group.
    static func inserts(_ count: Int, in scratch: Scratch) throws -> Double {
        let pool = try DatabasePool(path: scratch("raw.sqlite"))
        try pool.writeWithoutTransaction { database in
            try database.execute(
                sql: "PRAGMA synchronous = FULL; CREATE TABLE entry (idx INTEGER PRIMARY KEY, bytes BLOB)")
        }
        let bytes = Data(repeating: 1, count: entryByteCount)
        let clock = ContinuousClock()
        let elapsed = try clock.measure {
            for group in 0..<(count / groupCount) {
                try pool.write { database in
                    let statement = try database.cachedStatement(sql: "INSERT INTO entry VALUES (?, ?)")
                    for number in 0..<groupCount {
                        try statement.execute(arguments: [group * groupCount + number, bytes])
                    }
                }
            }
        }
        return Double(count / groupCount * groupCount) / (elapsed / .seconds(1))
    }

    /// Rewrites a registry's file: the other way to remove all deleted bytes.
    static func vacuum(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
    }

    /// The syncs in a second of a file that grows by 4 KiB each time.
    static func syncs(in scratch: Scratch) throws -> Double {
        let descriptor = unsafe open(scratch("raw"), O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteNoPermission) }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 1, count: 4096)
        let elapsed = ContinuousClock().measure {
            for _ in 0..<syncCount {
                _ = unsafe write(descriptor, block, block.count)
                fsync(descriptor)
            }
        }
        return Double(syncCount) / (elapsed / .seconds(1))
    }
}
