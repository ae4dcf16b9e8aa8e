import Foundation
import GRDB

/// Reads of a row's columns that refuse what the column cannot hold.
///
/// GRDB's typed subscripts end the process for a NULL or another type of value, and SQLite lets most columns hold any
/// type.
extension Row {
    /// A whole number that must be there.
    ///
    /// - Throws: `registry_corrupt`.
    func integer(_ column: String) throws(StorageError) -> Int64 {
        guard let value = try optionalInteger(column) else { throw .corruptRow("\(column) is missing") }
        return value
    }

    /// A whole number, or nil for NULL.
    ///
    /// - Throws: `registry_corrupt`.
    func optionalInteger(_ column: String) throws(StorageError) -> Int64? {
        switch self[column] as (any DatabaseValueConvertible)? {
        case nil: return nil
        case let value as Int64: return value
        default: throw .corruptRow("\(column) is not a whole number")
        }
    }

    /// A count, time or index that must be there: 0 to 2⁶³ - 1.
    ///
    /// - Throws: `registry_corrupt`.
    func unsigned(_ column: String) throws(StorageError) -> UInt64 {
        guard let value = try optionalUnsigned(column) else { throw .corruptRow("\(column) is missing") }
        return value
    }

    /// A count, time or index, or nil for NULL.
    ///
    /// - Throws: `registry_corrupt`.
    func optionalUnsigned(_ column: String) throws(StorageError) -> UInt64? {
        guard let value = try optionalInteger(column) else { return nil }
        guard let number = UInt64(exactly: value) else { throw .corruptRow("\(column) is negative") }
        return number
    }

    /// A text that must be there.
    ///
    /// - Throws: `registry_corrupt`.
    func text(_ column: String) throws(StorageError) -> String {
        guard let value = try optionalText(column) else { throw .corruptRow("\(column) is missing") }
        return value
    }

    /// A text, or nil for NULL.
    ///
    /// - Throws: `registry_corrupt`.
    func optionalText(_ column: String) throws(StorageError) -> String? {
        switch self[column] as (any DatabaseValueConvertible)? {
        case nil: return nil
        case let value as String: return value
        default: throw .corruptRow("\(column) is not a text")
        }
    }

    /// Bytes that must be there.
    ///
    /// - Throws: `registry_corrupt`.
    func blob(_ column: String) throws(StorageError) -> Data {
        guard let value = try optionalBlob(column) else { throw .corruptRow("\(column) is missing") }
        return value
    }

    /// Bytes, or nil for NULL.
    ///
    /// - Throws: `registry_corrupt`.
    func optionalBlob(_ column: String) throws(StorageError) -> Data? {
        switch self[column] as (any DatabaseValueConvertible)? {
        case nil: return nil
        case let value as Data: return value
        default: throw .corruptRow("\(column) is not bytes")
        }
    }
}

extension UInt64 {
    /// The number as SQLite holds it.
    ///
    /// - Throws: `registry_corrupt` above 2⁶³ - 1, which only what a damaged row says counts up to.
    var stored: Int64 {
        get throws(StorageError) {
            guard let number = Int64(exactly: self) else { throw .corruptRow("a number above 2⁶³ - 1") }
            return number
        }
    }
}
