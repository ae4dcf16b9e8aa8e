import Encoding

/// A text with signatures below it (C2SP signed-note).
package struct SignedNote: Sendable, Equatable {
    /// One signature line: the key's name, its identifier, and the signature.
    package struct Signature: Sendable, Equatable {
        package let name: String
        /// 4 bytes.
        package let keyIdentifier: [UInt8]
        /// 64 bytes of Ed25519; a cosignature has 8 bytes of time before them.
        package let bytes: [UInt8]

        /// The line in a note, with its end.
        package var line: String { "\(SignedNote.dash)\(name) \(Base64.encode(keyIdentifier + bytes))\n" }
    }

    /// The largest note taken; 16 signatures of 5 kB, which every reader must take, have more than 100 kB in Base64.
    package static let byteCountMax = 262_144
    package static let signatureCountMax = 100

    private static let dash = "\u{2014} "

    /// The signed text, with its last line end.
    package let text: String
    package private(set) var signatures: [Signature]

    /// A note without signatures; the text must end in a line end.
    package init(text: String) {
        self.text = text
        signatures = []
    }

    /// Reads a note; signatures of unknown keys are kept and judged later.
    ///
    /// - Throws: `malformed_checkpoint`.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        guard bytes.count <= Self.byteCountMax else {
            throw Self.malformed("it has \(bytes.count) bytes, over \(Self.byteCountMax)")
        }
        guard let note = String(validating: bytes, as: UTF8.self),
            !bytes.contains(where: { $0 < 0x20 && $0 != 0x0A })
        else { throw Self.malformed("it is not UTF-8 text, or has control characters") }
        // Works on bytes: a line end is one byte, while a character may join it with another.
        let newline: UInt8 = 0x0A
        guard bytes.count >= 3, bytes.last == newline,
            let blank = (1..<bytes.count - 1).last(where: { bytes[$0] == newline && bytes[$0 - 1] == newline })
        else { throw Self.malformed("it has no blank line before its signatures") }
        text = String(decoding: bytes[..<blank], as: UTF8.self)
        guard note.utf8.count == bytes.count else {
            throw Self.malformed("it is not UTF-8 text, or has control characters")
        }
        signatures = []
        let lines = bytes[(blank + 1)..<(bytes.count - 1)].split(
            separator: newline, omittingEmptySubsequences: false)
        guard lines.count <= Self.signatureCountMax else {
            throw Self.malformed("it has \(lines.count) signatures, over \(Self.signatureCountMax)")
        }
        for line in lines { signatures.append(try Self.signature(String(decoding: line, as: UTF8.self))) }
    }

    /// The note as it is stored and sent.
    package var bytes: [UInt8] {
        var bytes = Array(text.utf8) + [0x0A]
        for signature in signatures { bytes += Array(signature.line.utf8) }
        return bytes
    }

    /// Adds a signature below the others.
    package mutating func add(_ signature: Signature) {
        signatures.append(signature)
    }

    private static func signature(_ line: String) throws(TraceLogError) -> Signature {
        guard line.unicodeScalars.starts(with: dash.unicodeScalars) else {
            throw malformed("a signature line does not begin with a dash")
        }
        let parts = line.unicodeScalars.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 2, NoteKey.isName(parts[0]) else { throw malformed("a signature line has no name") }
        let content: [UInt8]
        do { content = try Base64.decode(parts[1]) } catch { throw malformed("a signature is not Base64") }
        guard content.count >= 5 else { throw malformed("a signature has \(content.count) bytes, under 5") }
        return Signature(
            name: parts[0], keyIdentifier: Array(content.prefix(4)), bytes: Array(content.dropFirst(4)))
    }

    static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedCheckpoint, reason: "the signed note is malformed: \(reason)",
            hint: "fetch the checkpoint again; C2SP signed-note describes the format")
    }
}
