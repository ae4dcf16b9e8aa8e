import Foundation
package import GRDB
import TraceLog

/// What a recovery changes in a registry that was copied back.
extension Registry {
    /// Sets revocations that gates were told of and that the registry does not have.
    ///
    /// - Parameters:
    ///   - indices: indices of the list, revoked in what was published.
    ///   - list: the list's plain name.
    ///   - reason: kept sealed with each.
    ///   - now: seconds since 1970.
    ///   - database: an open transaction.
    /// - Returns: how many revocations the registry lacked.
    /// - Throws: what SQLite says, or the cipher.
    package func restoreRevocations(
        _ indices: [UInt64], of list: String, reason: String, at now: UInt64, in database: Database
    ) throws -> Int {
        var count = 0
        for index in indices {
            guard let place = Int64(exactly: index), index < Self.statusIndexCount else {
                throw StorageError.corruptRow("a published status index")
            }
            let isKnown =
                try database.first(
                    "SELECT 1 FROM revocation WHERE list = ? AND statusIndex = ?", .text(list), .integer(place),
                    read: { _ in true }) ?? false
            guard !isKnown else { continue }
            let sealed = try cipher.sealed(reason: reason, list: list, statusIndex: place)
            try database.run(
                "INSERT INTO revocation VALUES (?, ?, ?, ?)", .text(list), .integer(place), .integer(now),
                .bytes([UInt8](sealed)))
            count += 1
        }
        return count
    }

    /// The counter of bundle versions.
    package static let bundleCounter = "bundle"

    /// The value of a counter; 0 where it was never raised.
    package static func value(of counter: String, in database: Database) throws -> UInt64 {
        let row = try Row.fetchOne(database, sql: "SELECT value FROM counter WHERE name = ?", arguments: [counter])
        return try row?.unsigned("value") ?? 0
    }

    /// Raises a counter to at least `value`, so that the next value is higher.
    package func raise(_ counter: String, to value: UInt64, in database: Database) throws {
        guard let value = Int64(exactly: value) else { throw StorageError.corruptRow("a counter") }
        try database.run(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
            .text(counter), .integer(value))
    }

    /// Begins a registry's count of commits, or raises it to at least `commitCount`.
    ///
    /// - Parameters:
    ///   - installation: whose the registry is, where it has no count yet.
    ///   - commitCount: a count that this transaction's is to be above.
    ///   - database: an open transaction.
    /// - Throws: `registry_corrupt`, or what SQLite says.
    package func raisePosition(
        installation: [UInt8], to commitCount: UInt64, in database: Database
    ) throws {
        if try RegistryPosition.read(database) == nil { try RegistryPosition.begin(installation, database) }
        try RegistryPosition.raise(to: commitCount, database)
    }

    /// Remembers a published checkpoint as what the log must reach before it takes events again.
    ///
    /// - Parameters:
    ///   - floor: the checkpoint; one of no entries, or below what is remembered already, changes nothing.
    ///   - database: an open transaction.
    /// - Returns: how many entries the log lacks.
    /// - Throws: `log_inconsistent` for rows that no log has.
    package func raiseLogFloor(to floor: LogFloor, in database: Database) throws -> UInt64 {
        try LogFloor.raise(to: floor, database)
        let count = try Sequencer.next(database).index
        return try LogFloor.read(database).map { $0.size > count ? $0.size - count : 0 } ?? 0
    }
}
