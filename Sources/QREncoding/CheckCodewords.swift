package import QRStandard

/// The check codewords of blocks (ISO/IEC 18004 §7.5.2), and the order of all codewords (§7.6).
package enum CheckCodewords {
    /// Adds the check codewords, and interleaves the blocks.
    ///
    /// - Parameters:
    ///   - data: all data codewords of the version and level.
    ///   - version: 1 to 40.
    ///   - level: the level.
    /// - Returns: all codewords in the order in which they are drawn.
    package static func interleaved(_ data: [UInt8], version: Int, level: QRLevel) -> [UInt8] {
        let layout = BlockLayout(version: version, level: level)
        let generator = generator(count: layout.checkCount)
        var codewords = [UInt8](repeating: 0, count: layout.codewordCount)
        var start = 0
        for index in 0..<layout.blockCount {
            let block = data[start..<(start + layout.codewordCount(ofBlock: index) - layout.checkCount)]
            start = block.endIndex
            for (place, codeword) in block.enumerated() { codewords[layout.codeword(place, ofBlock: index)] = codeword }
            for (place, codeword) in checks(block, generator).enumerated() {
                codewords[layout.codeword(block.count + place, ofBlock: index)] = codeword
            }
        }
        return codewords
    }

    /// The polynomial whose roots are the powers 0 to `count` - 1 of 2, highest coefficient first, without the first 1.
    private static func generator(count: Int) -> [UInt8] {
        var generator = [UInt8](repeating: 0, count: count)
        generator[count - 1] = 1
        for power in 0..<count {
            let root = GaloisField.power(power)
            for place in 0..<count {
                generator[place] = GaloisField.multiply(generator[place], root)
                if place + 1 < count { generator[place] ^= generator[place + 1] }
            }
        }
        return generator
    }

    /// The remainder of a block by the generator.
    private static func checks(_ block: ArraySlice<UInt8>, _ generator: [UInt8]) -> [UInt8] {
        var remainder = [UInt8](repeating: 0, count: generator.count)
        for codeword in block {
            let factor = codeword ^ remainder[0]
            for place in 0..<generator.count {
                let next = place + 1 < generator.count ? remainder[place + 1] : 0
                remainder[place] = next ^ GaloisField.multiply(generator[place], factor)
            }
        }
        return remainder
    }
}
