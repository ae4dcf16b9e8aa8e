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
    /// An entry as an object's history shows it; of personal fields the commitments alone.
    ///
    /// - Parameter isWhole: adds the entry itself, as the log has it, in hex.
    /// - Returns: one object.
    /// - Throws: `malformed_entry` when the stored bytes are no entry.
    func json(isWhole: Bool) throws(TraceLogError) -> JSONValue {
        let entry = try Entry.decode(bytes[...])
        var object = entry.described(at: EntryLink(leafHash: leafHash, index: index))
        if isWhole { object["entry"] = .string(Hex.encode(bytes)) }
        return .object(object)
    }
}
