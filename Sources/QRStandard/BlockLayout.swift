/// How a symbol's codewords are split into blocks (ISO/IEC 18004 table 9).
package struct BlockLayout: Sendable {
    package let blockCount: Int
    /// Check codewords of every block.
    package let checkCount: Int
    /// Data and check codewords of the whole symbol.
    package let codewordCount: Int

    package init(version: Int, level: QRLevel) {
        let tables = Self.tables(level)
        checkCount = tables.checks[version - 1]
        blockCount = tables.blocks[version - 1]
        codewordCount = SymbolLayout.moduleCount(version: version) / 8
    }

    /// Data codewords of the whole symbol.
    package var dataCount: Int { codewordCount - checkCount * blockCount }

    /// Data codewords of the shorter blocks; the last `longBlockCount` have one more.
    @inlinable package var shortDataCount: Int { codewordCount / blockCount - checkCount }
    @inlinable package var longBlockCount: Int { codewordCount % blockCount }

    /// Data and check codewords of one block.
    @inlinable package func codewordCount(ofBlock index: Int) -> Int {
        shortDataCount + checkCount + (index < blockCount - longBlockCount ? 0 : 1)
    }

    /// The index in the symbol of a block's codeword: blocks are interleaved, first their data, then their check
    /// codewords.
    @inlinable package func codeword(_ place: Int, ofBlock index: Int) -> Int {
        let (firstLong, endOfShort) = (blockCount - longBlockCount, shortDataCount * blockCount)
        if place < shortDataCount { return place * blockCount + index }
        if place == shortDataCount, index >= firstLong { return endOfShort + index - firstLong }
        let check = place - shortDataCount - (index < firstLong ? 0 : 1)
        return endOfShort + longBlockCount + check * blockCount + index
    }

    private static func tables(_ level: QRLevel) -> (checks: [Int], blocks: [Int]) {
        switch level {
        case .low: low
        case .medium: medium
        case .quartile: quartile
        case .high: high
        }
    }

    private static let low = (
        checks: [
            7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28,
            30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
        blocks: [
            1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16,
            17, 18, 19, 19, 20, 21, 22, 24, 25,
        ]
    )

    private static let medium = (
        checks: [
            10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28,
            28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        ],
        blocks: [
            1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28,
            29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
        ]
    )

    private static let quartile = (
        checks: [
            13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28,
            30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
        blocks: [
            1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38,
            40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
        ]
    )

    private static let high = (
        checks: [
            17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30,
            30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
        blocks: [
            1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42,
            45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
        ]
    )
}
