import Encoding

extension ForeignTrust {
    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)

    /// Reads every block of a PEM file (RFC 7468).
    ///
    /// Other text may stand before, between and after the blocks, and lines may end in LF, CR or both.
    ///
    /// - Throws: `trust_unreadable` if a block has no end of its own, or is not Base64.
    static func keys(pem bytes: ArraySlice<UInt8>) throws(ForeignTrustError) -> [ForeignKey?] {
        var keys: [ForeignKey?] = []
        var block: (label: ArraySlice<UInt8>, body: [UInt8])?
        for line in lines(bytes) {
            if line.starts(with: begin) {
                guard block == nil else { throw .unreadable("a PEM block has no end") }
                block = (line.dropFirst(begin.count), [])
            } else if line.starts(with: end) {
                guard let (label, body) = block, label == line.dropFirst(end.count),
                    let der = try? Base64.decode(String(decoding: body, as: UTF8.self))
                else { throw .unreadable("a PEM block is broken") }
                keys.append(try key(der: der))
                block = nil
            } else {
                block?.body.append(contentsOf: line.filter { $0 > 0x20 })
            }
        }
        guard block == nil else { throw .unreadable("a PEM block has no end") }
        return keys
    }

    /// Whether a line begins a PEM block; other text may stand before it (RFC 7468 §2).
    static func hasPEMBlock(_ bytes: ArraySlice<UInt8>) -> Bool {
        lines(bytes).contains { $0.starts(with: begin) }
    }

    /// The lines that are not blank, without the blanks at either end.
    private static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        bytes.split { $0 == 0x0A || $0 == 0x0D }.compactMap { line in
            guard let last = line.lastIndex(where: { $0 > 0x20 }) else { return nil }
            return line[...last].drop { $0 <= 0x20 }
        }
    }
}
