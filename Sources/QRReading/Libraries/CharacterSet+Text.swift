import Glibc

extension CharacterSet {
    /// The text of bytes in this character set; nil when they are not valid in it.
    func text(_ bytes: [UInt8]) -> String? {
        for name in names {
            guard let text = Self.convert(bytes, from: name) else { continue }
            guard self == .shiftJIS else { return text }
            // In practice the bytes of the yen sign and the overline mean ASCII's backslash and tilde.
            return String(String.UnicodeScalarView(text.unicodeScalars.map { Self.asWritten[$0] ?? $0 }))
        }
        return nil
    }

    private static let asWritten: [Unicode.Scalar: Unicode.Scalar] = ["\u{a5}": "\\", "\u{203e}": "~"]

    /// The most UTF-8 bytes for one byte of any character set.
    private static let byteCountGrowth = 4

    private static func convert(_ bytes: [UInt8], from name: String) -> String? {
        let converter = unsafe iconv_open("UTF-8", name)
        guard unsafe converter != iconv_t(bitPattern: -1) else { return nil }
        defer { unsafe iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        let capacity = bytes.count * byteCountGrowth
        let result = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe output.withMemoryRebound(to: CChar.self) { output in
                    var (source, target) = (input.baseAddress, output.baseAddress)
                    var (left, room) = (input.count, capacity)
                    let isWhole = unsafe iconv(converter, &source, &left, &target, &room) != Int(bitPattern: UInt.max)
                    count = isWhole && left == 0 ? capacity - room : 0
                }
            }
        }
        return result.isEmpty ? nil : String(validating: result, as: UTF8.self)
    }
}
