/// A QR symbol: dark and light modules, without the quiet zone (ISO/IEC 18004).
package struct QRSymbol: Sendable, Equatable {
    /// 1 to 40; each version has 4 more modules a side than the one before.
    package let version: Int
    package let level: QRLevel
    /// The mask pattern, 0 to 7.
    package let mask: Int
    /// Modules a side: 21 to 177.
    package let size: Int
    /// Row after row, 1 dark and 0 light.
    package let modules: [UInt8]

    package init(version: Int, level: QRLevel, mask: Int, size: Int, modules: [UInt8]) {
        self.version = version
        self.level = level
        self.mask = mask
        self.size = size
        self.modules = modules
    }

    /// The width of the light border that every reader needs, in modules (ISO/IEC 18004 §6.3.8).
    package static let quietZoneModules = 4

    /// Whether a module is dark; positions outside the symbol are light.
    @inlinable package func isDark(row: Int, column: Int) -> Bool {
        guard row >= 0, column >= 0, row < size, column < size else { return false }
        return modules[row * size + column] == 1
    }
}
