import Encoding

/// The limits of each part of an event; an entry's 65,535 bytes bound their sum.
enum EventLimits {
    static let textByteCountMax = 4096
    static let termByteCountMax = 64
    static let itemCountMax = 256

    static func check(_ text: String, _ name: String) throws(TraceLogError) {
        guard (1...textByteCountMax).contains(text.utf8.count) else {
            throw .range("\(name) has \(text.utf8.count) bytes", "give 1 to \(textByteCountMax) bytes of text")
        }
    }

    static func check(count: Int, _ name: String) throws(TraceLogError) {
        guard (1...itemCountMax).contains(count) else {
            throw .range(
                "the event has \(count) \(name)", "give 1 to \(itemCountMax), or leave the list out")
        }
    }

    static func readText(_ reader: inout EntryReader) throws(TraceLogError) -> String {
        let text = try reader.readText()
        guard (1...textByteCountMax).contains(text.utf8.count) else {
            throw .entry("a text in the entry has \(text.utf8.count) bytes")
        }
        return text
    }

    static func readOptionalText(_ reader: inout EntryReader) throws(TraceLogError) -> String? {
        guard reader.isNextNull() else { return try readText(&reader) }
        try reader.readNull()
        return nil
    }

    static func readCount(_ reader: inout EntryReader) throws(TraceLogError) -> Int {
        let count = try reader.readArrayHeader()
        guard (1...itemCountMax).contains(count) else {
            throw .entry("a list in the entry has \(count) items")
        }
        return count
    }

    static func expectArray(_ count: Int, _ reader: inout EntryReader) throws(TraceLogError) {
        guard try reader.readArrayHeader() == count else {
            throw .entry("an array in the entry does not have \(count) items")
        }
    }

    static func write(_ text: String?, to writer: inout CBORWriter) {
        if let text { writer.text(text) } else { writer.null() }
    }
}
