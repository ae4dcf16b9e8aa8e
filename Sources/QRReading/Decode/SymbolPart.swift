/// One of the symbols that share a text (structured append, ISO/IEC 18004 §8).
package struct SymbolPart: Sendable, Equatable {
    /// The header that every part begins with.
    package struct Header: Sendable, Equatable {
        /// The part's place in the text, from 0.
        package let index: Int
        /// The parts of the text: 1 to 16.
        package let count: Int
        /// The exclusive or of all bytes of the text.
        package let parity: UInt8
    }

    package let header: Header
    /// The part's own bytes.
    let bytes: [UInt8]
    /// The symbol's version and data codewords, from which all parts are read again as one text.
    let version: Int
    let data: [UInt8]

    /// Whether two symbols are the same part, also when drawn in different versions.
    func isSame(as other: SymbolPart) -> Bool { header == other.header && bytes == other.bytes }
}
