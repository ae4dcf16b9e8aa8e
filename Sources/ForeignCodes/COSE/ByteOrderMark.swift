/// The byte order mark U+FEFF, which some editors write before a text in UTF-8.
enum ByteOrderMark {
    private static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The bytes without one mark at their beginning.
    static func removed(from text: [UInt8]) -> ArraySlice<UInt8> {
        text.starts(with: bytes) ? text.dropFirst(bytes.count) : text[...]
    }
}
