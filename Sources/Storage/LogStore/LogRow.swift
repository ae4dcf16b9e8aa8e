import Foundation
import GRDB
import TraceLog

/// A row of the log's tables, however it was read.
protocol LogRow {
    func integer(_ column: Int) throws -> Int64?
    func bytes(_ column: Int) throws -> [UInt8]?
}

extension DirectRow: LogRow {}

extension Row: LogRow {
    func integer(_ column: Int) throws -> Int64? { self[column] }

    func bytes(_ column: Int) throws -> [UInt8]? {
        try withUnsafeData(atIndex: column) { data in data.map { [UInt8]($0) } }
    }
}

extension LogRow {
    /// A whole number that must be there.
    func number(_ column: Int) throws -> Int64 {
        guard let value = try integer(column), value >= 0 else {
            throw LogError.inconsistent("a row of the log with a number out of range")
        }
        return value
    }

    /// Bytes that must be there.
    func byteArray(_ column: Int) throws -> [UInt8] {
        guard let bytes = try bytes(column) else {
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
        let link = EntryLink(leafHash: try hash(2), index: UInt64(try number(3)))
        return ObjectHead(object: object, sequence: UInt64(try number(1)), link: link)
    }
}

extension [UInt8] {
    var data: Data { Data(self) }
}
