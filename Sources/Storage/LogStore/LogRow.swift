import Foundation
import GRDB
import TraceLog

/// A row of the log's tables, however it was read.
protocol LogRow {
    /// A whole number; nil for anything else.
    func integer(_ column: Int) -> Int64?
    /// Bytes; nil for anything else.
    func bytes(_ column: Int) -> [UInt8]?
}

extension DirectRow: LogRow {}

extension Row: LogRow {
    func integer(_ column: Int) -> Int64? { self[column] as (any DatabaseValueConvertible)? as? Int64 }

    func bytes(_ column: Int) -> [UInt8]? {
        (self[column] as (any DatabaseValueConvertible)? as? Data).map { [UInt8]($0) }
    }
}

extension LogRow {
    /// An index, a sequence or a time that must be there: 0 to 2⁶³ - 2, so that one can be added.
    func number(_ column: Int) throws -> UInt64 {
        guard let value = integer(column).flatMap(UInt64.init(exactly:)), value < UInt64(Int64.max) else {
            throw LogError.inconsistent("a row of the log with a number out of range")
        }
        return value
    }

    /// Bytes that must be there.
    func byteArray(_ column: Int) throws -> [UInt8] {
        guard let bytes = bytes(column) else {
            throw LogError.inconsistent("a row of the log without its bytes")
        }
        return bytes
    }

    /// A hash of 32 bytes that must be there.
    func hash(_ column: Int) throws -> MerkleHash {
        guard let hash = MerkleHash(try byteArray(column)) else {
            throw LogError.inconsistent("a row of the log with a hash that is not 32 bytes")
        }
        return hash
    }

    /// An object's newest entry out of the columns object, sequence, leaf hash and index.
    func head() throws -> ObjectHead {
        let bytes = try byteArray(0)
        guard let object = bytes.isEmpty ? ObjectID.log : ObjectID(bytes) else {
            throw LogError.inconsistent("a head of an object whose id is malformed")
        }
        let link = EntryLink(leafHash: try hash(2), index: try number(3))
        return ObjectHead(object: object, sequence: try number(1), link: link)
    }
}

extension [UInt8] {
    var data: Data { Data(self) }
}
