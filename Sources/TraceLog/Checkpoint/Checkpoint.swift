import Encoding

/// A log's statement about itself: its origin, its size and its root (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Equatable {
    /// No log is longer; sizes can be added to without care.
    private static let sizeMax = UInt64(Int64.max)

    package let origin: String
    package let size: UInt64
    package let root: MerkleHash
    /// Further lines, which are not interpreted; never empty.
    package let extensionLines: [String]

    package init(origin: String, size: UInt64, root: MerkleHash, extensionLines: [String] = []) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensionLines = extensionLines
    }

    /// Reads a note's statement without checking its signatures.
    ///
    /// - Throws: `malformed_checkpoint`.
    package init(note bytes: [UInt8]) throws(TraceLogError) {
        try self.init(text: SignedNote(bytes: bytes).text)
    }

    /// Reads a note's text; its signatures are checked elsewhere.
    ///
    /// - Throws: `malformed_checkpoint`.
    package init(text: String) throws(TraceLogError) {
        try self.init(statement: text)
        guard size > 0 || root == .emptyRoot else {
            throw SignedNote.malformed("its root is not the root of an empty tree (RFC 6962 §2.1)")
        }
    }

    /// Reads a note's text like ``init(text:)``, and takes any root of an empty tree.
    init(statement text: String) throws(TraceLogError) {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard lines.count >= 4, lines.last == "", !lines.dropLast().contains("") else {
            throw SignedNote.malformed("its text is not an origin, a size and a root, one a line")
        }
        guard let size = UInt64(lines[1]), size <= Self.sizeMax, String(size) == lines[1] else {
            throw SignedNote.malformed("its size is not a plain decimal number below 2⁶³")
        }
        guard let decoded = try? Base64.decode(lines[2]), let root = MerkleHash(decoded) else {
            throw SignedNote.malformed("its root is not 32 bytes in Base64")
        }
        self.init(origin: lines[0], size: size, root: root, extensionLines: Array(lines[3..<lines.count - 1]))
    }

    /// Whether it belongs to the log of this name, compared byte by byte.
    package func isOf(_ origin: String) -> Bool { self.origin.utf8.elementsEqual(origin.utf8) }

    /// The text that is signed.
    package var text: String {
        ([origin, String(size), Base64.encode(root.bytes)] + extensionLines).map { $0 + "\n" }.joined()
    }
}
