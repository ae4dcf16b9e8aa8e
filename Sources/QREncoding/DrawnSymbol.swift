import QRStandard

/// A symbol that is drawn with mask 0, before ``MaskChooser`` applies its mask: one byte of flags a module.
package struct DrawnSymbol: Sendable, Equatable {
    package let version: Int
    package let size: Int
    /// The flags: bit 0 for a dark module, bit 7 for a module that is not data, which masks do not change.
    package let flags: [UInt8]

    private static let isDark: UInt8 = 1
    private static let isFunction: UInt8 = 0x80

    /// Takes a symbol that a library has drawn with mask 0.
    package init(version: Int, size: Int, flags: [UInt8]) {
        self.version = version
        self.size = size
        self.flags = flags
    }

    /// Draws codewords (ISO/IEC 18004 §7.7.3); the modules of the format information stay light.
    ///
    /// - Parameters:
    ///   - codewords: all data and check codewords of the version, interleaved.
    ///   - version: 1 to 40.
    package init(codewords: [UInt8], version: Int) {
        let layout = SymbolLayout(version: version)
        let size = layout.size
        var flags = [UInt8](repeating: Self.isFunction, count: size * size)
        for module in layout.fixed where module.isDark { flags[module.row * size + module.column] |= Self.isDark }
        if VersionInformation.versions.contains(version) {
            let bits = VersionInformation.bits(version: version)
            for bit in 0..<VersionInformation.bitCount where bits >> bit & 1 == 1 {
                let (row, column) = VersionInformation.place(ofBit: bit, size: size)
                flags[row * size + column] |= Self.isDark
                flags[column * size + row] |= Self.isDark
            }
        }
        for (index, place) in layout.dataPlaces.enumerated() {
            // The remainder bits after the last codeword are 0.
            let isSet = index >> 3 < codewords.count && codewords[index >> 3] >> UInt8(7 - index & 7) & 1 == 1
            let isInverted = MaskPattern.isInverted(mask: 0, row: place / size, column: place % size)
            flags[place] = isSet != isInverted ? Self.isDark : 0
        }
        self.init(version: version, size: size, flags: flags)
    }
}
