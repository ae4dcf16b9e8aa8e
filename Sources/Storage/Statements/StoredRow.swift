package import TraceLog

/// A statement's current row; valid only inside the closure that receives it.
package protocol StoredRow: SendableMetatype {
    func isNull(_ column: Int) -> Bool
    /// The column's name in the statement's result.
    func name(_ column: Int) -> String
    /// A text; nil for anything else.
    func string(_ column: Int) -> String?
    /// A whole number; nil for anything else.
    func integer(_ column: Int) -> Int64?
    /// Bytes; nil for anything else.
    func bytes(_ column: Int) -> [UInt8]?
}

/// Checked reads of a row's columns: a column may have a value of any type.
///
/// Each throws `registry_corrupt`.
extension StoredRow {
    /// A whole number that must be there.
    package func wholeNumber(_ column: Int) throws(StorageError) -> Int64 {
        guard let value = try optionalWholeNumber(column) else { throw missing(column) }
        return value
    }

    /// A whole number, or nil for NULL.
    package func optionalWholeNumber(_ column: Int) throws(StorageError) -> Int64? {
        if let value = integer(column) { return value }
        guard isNull(column) else { throw .corruptRow("\(name(column)) is not a whole number") }
        return nil
    }

    /// A count, time or index that must be there: 0 to 2⁶³ - 1.
    package func unsigned(_ column: Int) throws(StorageError) -> UInt64 {
        guard let value = try optionalUnsigned(column) else { throw missing(column) }
        return value
    }

    /// A count, time or index, or nil for NULL.
    package func optionalUnsigned(_ column: Int) throws(StorageError) -> UInt64? {
        guard let value = try optionalWholeNumber(column) else { return nil }
        guard let number = UInt64(exactly: value) else { throw .corruptRow("\(name(column)) is negative") }
        return number
    }

    /// A text that must be there.
    package func text(_ column: Int) throws(StorageError) -> String {
        guard let value = try optionalText(column) else { throw missing(column) }
        return value
    }

    /// A text, or nil for NULL.
    package func optionalText(_ column: Int) throws(StorageError) -> String? {
        if let value = string(column) { return value }
        guard isNull(column) else { throw .corruptRow("\(name(column)) is not a text") }
        return nil
    }

    /// Bytes that must be there.
    package func blob(_ column: Int) throws(StorageError) -> [UInt8] {
        guard let value = try optionalBlob(column) else { throw missing(column) }
        return value
    }

    /// Bytes, or nil for NULL.
    package func optionalBlob(_ column: Int) throws(StorageError) -> [UInt8]? {
        if let value = bytes(column) { return value }
        guard isNull(column) else { throw .corruptRow("\(name(column)) is not bytes") }
        return nil
    }

    private func missing(_ column: Int) -> StorageError { .corruptRow("\(name(column)) is missing") }
}

/// Reads of the log's columns; each throws `log_inconsistent`.
extension StoredRow {
    /// An index, a sequence or a time that must be there: 0 to 2⁶³ - 2, so that one can be added.
    package func number(_ column: Int) throws -> UInt64 {
        guard let value = integer(column).flatMap(UInt64.init(exactly:)), value < UInt64(Int64.max) else {
            throw LogError.inconsistent("a row of the log has a number out of range")
        }
        return value
    }

    /// Bytes that must be there.
    package func byteArray(_ column: Int) throws -> [UInt8] {
        guard let bytes = bytes(column) else {
            throw LogError.inconsistent("a row of the log has no bytes")
        }
        return bytes
    }

    /// A hash of 32 bytes that must be there.
    package func hash(_ column: Int) throws -> MerkleHash {
        guard let hash = MerkleHash(try byteArray(column)) else {
            throw LogError.inconsistent("a row of the log has a hash that is not 32 bytes")
        }
        return hash
    }

    /// An object's newest entry from the columns object, sequence, leaf hash and index.
    package func head() throws -> ObjectHead {
        let bytes = try byteArray(0)
        guard let object = bytes.isEmpty ? ObjectID.log : ObjectID(bytes) else {
            throw LogError.inconsistent("a head's object identifier is malformed")
        }
        let link = EntryLink(leafHash: try hash(2), index: try number(3))
        return ObjectHead(object: object, sequence: try number(1), link: link)
    }

    /// An entry from the columns index, leaf hash and bytes.
    package func entry() throws -> StoredEntry {
        StoredEntry(index: try number(0), leafHash: try hash(1), bytes: try byteArray(2))
    }
}

extension UInt64 {
    /// The number in a database's signed form.
    ///
    /// - Throws: `registry_corrupt` above 2⁶³ - 1, which only a damaged row can lead to.
    package var stored: Int64 {
        get throws(StorageError) {
            guard let number = Int64(exactly: self) else { throw .corruptRow("a number above 2⁶³ - 1") }
            return number
        }
    }
}
