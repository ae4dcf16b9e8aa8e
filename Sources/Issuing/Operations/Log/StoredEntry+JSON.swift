import Encoding
import Storage
import TraceLog

extension AppendAnswer {
    /// `{"index", "sequence", "leafHash"}`.
    var json: JSONValue {
        [
            "index": .integer(Int64(clamping: index)), "sequence": .integer(Int64(clamping: sequence)),
            "leafHash": .string(Hex.encode(leafHash.bytes)),
        ]
    }
}

extension StoredEntry {
    /// An entry as an object's history shows it, with only the commitments of personal fields.
    ///
    /// - Parameter isWhole: adds the log entry itself, in hex.
    /// - Returns: one object.
    /// - Throws: `malformed_entry` when the stored bytes are not an entry.
    func json(isWhole: Bool) throws(TraceLogError) -> JSONValue {
        let entry = try Entry.decode(bytes[...])
        var object = entry.described(at: EntryLink(leafHash: leafHash, index: index))
        if isWhole { object["entry"] = .string(Hex.encode(bytes)) }
        return .object(object)
    }
}
