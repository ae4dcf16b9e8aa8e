extension Unicode.Scalar {
    /// Whether the character shows nothing by itself, and may change how a terminal or an editor shows its neighbours.
    ///
    /// Controls (C0, DEL, C1), format characters such as the direction marks, and line and paragraph separators:
    /// the general categories Cc, Cf, Zl and Zp of the Unicode Standard, §4.5.
    package var isUnseen: Bool {
        value < 0x7f ? value < 0x20 : Self.unseen.contains { $0.contains(value) }
    }

    /// The characters of these categories in Unicode 17, in order.
    ///
    /// The standard library's table of all categories has 33,152 bytes, a tenth of a browser's module.
    private static let unseen: [ClosedRange<UInt32>] = [
        0x00...0x1f, 0x7f...0x9f, 0xad...0xad, 0x600...0x605, 0x61c...0x61c, 0x6dd...0x6dd, 0x70f...0x70f,
        0x890...0x891, 0x8e2...0x8e2, 0x180e...0x180e, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x2064,
        0x2066...0x206f, 0xfeff...0xfeff, 0xfff9...0xfffb, 0x110bd...0x110bd, 0x110cd...0x110cd, 0x13430...0x1343f,
        0x1bca0...0x1bca3, 0x1d173...0x1d17a, 0xe0001...0xe0001, 0xe0020...0xe007f,
    ]
}
