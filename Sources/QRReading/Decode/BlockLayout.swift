import QRStandard

/// How a symbol's codewords are split into blocks (ISO/IEC 18004 table 9).
struct BlockLayout {
    let blockCount: Int
    /// Check codewords of every block.
    let checkCount: Int
    /// Data and check codewords of the whole symbol.
    let codewordCount: Int

    init(version: Int, level: QRLevel) {
        let tables = Self.tables[level] ?? ([], [])
        checkCount = tables.checks[version - 1]
        blockCount = tables.blocks[version - 1]
        codewordCount = SymbolLayout.moduleCount(version: version) / 8
    }

    /// Data codewords of the shorter blocks; the last `longBlockCount` have one more.
    var shortDataCount: Int { codewordCount / blockCount - checkCount }
    var longBlockCount: Int { codewordCount % blockCount }

    /// Data and check codewords of one block.
    func codewordCount(ofBlock index: Int) -> Int {
        shortDataCount + checkCount + (index < blockCount - longBlockCount ? 0 : 1)
    }

    /// The index in the symbol of a block's codeword: blocks are interleaved, first their data, then their check
    /// codewords.
    func codeword(_ place: Int, ofBlock index: Int) -> Int {
        let (firstLong, endOfShort) = (blockCount - longBlockCount, shortDataCount * blockCount)
        if place < shortDataCount { return place * blockCount + index }
        if place == shortDataCount, index >= firstLong { return endOfShort + index - firstLong }
        let check = place - shortDataCount - (index < firstLong ? 0 : 1)
        return endOfShort + longBlockCount + check * blockCount + index
    }

    /// The most wrong codewords that are corrected in a block; the smallest versions reserve some against misreading.
    func correctionCountMax(version: Int, level: QRLevel) -> Int {
        let reserved =
            switch (version, level) {
            case (1, .low): 3
            case (1, .medium), (2, .low): 2
            case (1, _), (3, .low): 1
            default: 0
            }
        return (checkCount - reserved) / 2
    }

    private static let tables: [QRLevel: (checks: [Int], blocks: [Int])] = [
        .low: (
            [
                7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28,
                30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
            ],
            [
                1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16,
                17, 18, 19, 19, 20, 21, 22, 24, 25,
            ]
        ),
        .medium: (
            [
                10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28,
                28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
            ],
            [
                1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28,
                29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
            ]
        ),
        .quartile: (
            [
                13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28,
                30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
            ],
            [
                1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38,
                40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
            ]
        ),
        .high: (
            [
                17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30,
                30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
            ],
            [
                1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42,
                45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
            ]
        ),
    ]
}
