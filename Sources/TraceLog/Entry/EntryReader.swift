import Encoding

/// Reads an entry's fields one after another; what is not strict CBOR is a malformed entry.
struct EntryReader {
    private var reader: CBORReader

    /// Starts at the first byte of an entry.
    ///
    /// - Throws: `malformed_entry`.
    init(_ bytes: ArraySlice<UInt8>, byteCountMax: Int = Entry.byteCountMax) throws(TraceLogError) {
        do {
            reader = try CBORReader(bytes, byteCountMax: byteCountMax, depthMax: Entry.depthMax)
        } catch {
            throw .entry(error.reason)
        }
    }

    var nextMajorType: CBORMajorType? { reader.nextMajorType }

    /// Whether null comes next; takes nothing.
    func isNextNull() -> Bool { reader.isNextNull() }

    mutating func readUnsigned() throws(TraceLogError) -> UInt64 {
        try reading { (reader) throws(CBORError) in try reader.readUnsigned() }
    }

    mutating func readInteger() throws(TraceLogError) -> Int64 {
        try reading { (reader) throws(CBORError) in try reader.readInteger() }
    }

    mutating func readByteString() throws(TraceLogError) -> ArraySlice<UInt8> {
        try reading { (reader) throws(CBORError) in try reader.readByteString() }
    }

    mutating func readText() throws(TraceLogError) -> String {
        try reading { (reader) throws(CBORError) in try reader.readText() }
    }

    mutating func readArrayHeader() throws(TraceLogError) -> Int {
        try reading { (reader) throws(CBORError) in try reader.readArrayHeader() }
    }

    mutating func readMapHeader() throws(TraceLogError) -> Int {
        try reading { (reader) throws(CBORError) in try reader.readMapHeader() }
    }

    mutating func readNull() throws(TraceLogError) {
        try reading { (reader) throws(CBORError) in try reader.readNull() }
    }

    /// Reads the next key of a map; `previous` is the key before it, nil for the first.
    mutating func readIntegerKey(after previous: Int64?) throws(TraceLogError) -> Int64 {
        try reading { (reader) throws(CBORError) in try reader.readIntegerKey(after: previous) }
    }

    /// Refuses bytes after the end.
    func finish() throws(TraceLogError) {
        do {
            try reader.finish()
        } catch {
            throw .entry(error.reason)
        }
    }

    private mutating func reading<Value>(
        _ read: (inout CBORReader) throws(CBORError) -> Value
    ) throws(TraceLogError) -> Value {
        do {
            return try read(&reader)
        } catch {
            throw .entry(error.reason)
        }
    }
}
