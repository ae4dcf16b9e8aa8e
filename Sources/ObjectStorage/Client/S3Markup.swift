/// The texts of an answer's elements; only the XML that object storage answers with, and nothing that could grow.
///
/// Document types, and with them entities of the document's own, are refused; attributes are skipped.
package struct S3Markup: Equatable {
    /// The most elements that may be open at once.
    package static let depthMax = 8
    /// The most bytes of an answer: a list of 1,000 names.
    package static let byteCountMax = 4 << 20
    private static let nameByteCountMax = 64

    /// The text of each element that has no elements in it, with the names of those around it.
    package struct Leaf: Equatable {
        package let path: [String]
        package let text: String
    }

    package let leaves: [Leaf]

    /// Reads a document.
    ///
    /// - Returns: nil when it is malformed, too long or too deep.
    package init?(bytes: [UInt8]) {
        guard bytes.count <= Self.byteCountMax, String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var reader = Reader(unread: bytes[...])
        guard let leaves = reader.leaves() else { return nil }
        self.leaves = leaves
    }

    /// The text of the one element at a path; nil when there is none.
    package func text(at path: String...) -> String? {
        leaves.first { $0.path == path }?.text
    }

    /// The texts of all elements at a path.
    func texts(at path: String...) -> [String] {
        leaves.filter { $0.path == path }.map(\.text)
    }

    private struct Reader {
        var unread: ArraySlice<UInt8>
        private var path: [String] = []
        /// Whether the innermost open element has had another one in it.
        private var hasElements: [Bool] = []
        private var text: [UInt8] = []
        private var found: [Leaf] = []

        init(unread: ArraySlice<UInt8>) {
            self.unread = unread
        }

        mutating func leaves() -> [Leaf]? {
            var isDone = false
            while let byte = unread.popFirst() {
                guard byte == UInt8(ascii: "<") else {
                    guard take(byte, isInside: !path.isEmpty) else { return nil }
                    continue
                }
                guard let first = unread.first, !isDone || first == UInt8(ascii: "?") else { return nil }
                switch first {
                case UInt8(ascii: "?"): guard skipInstruction() else { return nil }
                case UInt8(ascii: "/"): guard close() else { return nil }
                case UInt8(ascii: "!"): return nil
                default: guard open() else { return nil }
                }
                isDone = path.isEmpty && !found.isEmpty
            }
            return isDone ? found : nil
        }

        /// Takes a character of a text, or the entity that it begins.
        private mutating func take(_ byte: UInt8, isInside: Bool) -> Bool {
            guard isInside else { return [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
            guard byte == UInt8(ascii: "&") else {
                text.append(byte)
                return true
            }
            guard let end = unread.prefix(10).firstIndex(of: UInt8(ascii: ";")) else { return false }
            let name = String(decoding: unread[unread.startIndex..<end], as: UTF8.self)
            unread = unread[(end + 1)...]
            if let known = S3Markup.entities[name] {
                text.append(known)
                return true
            }
            let digits = name.hasPrefix("#x") ? name.dropFirst(2) : name.dropFirst()
            guard name.hasPrefix("#"), let number = UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10),
                let scalar = Unicode.Scalar(number), number > 0
            else { return false }
            text.append(contentsOf: String(Character(scalar)).utf8)
            return true
        }

        private mutating func skipInstruction() -> Bool {
            guard path.isEmpty, let end = unread.firstIndex(of: UInt8(ascii: ">")), end > unread.startIndex,
                unread[end - 1] == UInt8(ascii: "?")
            else { return false }
            unread = unread[(end + 1)...]
            return true
        }

        private mutating func open() -> Bool {
            guard path.count < S3Markup.depthMax, let name = name(), let isEmpty = skipAttributes() else {
                return false
            }
            if !hasElements.isEmpty { hasElements[hasElements.count - 1] = true }
            path.append(name)
            hasElements.append(false)
            text = []
            if isEmpty { end() }
            return true
        }

        private mutating func close() -> Bool {
            _ = unread.popFirst()
            guard let name = name(), path.last == name, unread.popFirst() == UInt8(ascii: ">") else { return false }
            end()
            return true
        }

        private mutating func end() {
            if hasElements.popLast() == false {
                found.append(Leaf(path: path, text: String(decoding: text, as: UTF8.self)))
            }
            path.removeLast()
            text = []
        }

        private mutating func name() -> String? {
            let name = unread.prefix { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
                    || [0x2D, 0x2E, 0x3A, 0x5F].contains(byte)
            }
            unread = unread.dropFirst(name.count)
            return (1...S3Markup.nameByteCountMax).contains(name.count) ? String(decoding: name, as: UTF8.self) : nil
        }

        /// Skips to the end of a tag; true when the tag closes its element itself.
        private mutating func skipAttributes() -> Bool? {
            var quote: UInt8?
            var last: UInt8 = 0
            while let byte = unread.popFirst() {
                if quote != nil {
                    if byte == quote { quote = nil }
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    quote = byte
                } else if byte == UInt8(ascii: ">") {
                    return last == UInt8(ascii: "/")
                } else if byte == UInt8(ascii: "<") {
                    return nil
                }
                last = byte
            }
            return nil
        }
    }

    private static let entities: [String: UInt8] = [
        "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "quot": UInt8(ascii: "\""),
        "apos": UInt8(ascii: "'"),
    ]
}
