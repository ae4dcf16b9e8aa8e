/// Restores one block of codewords (ISO/IEC 18004 annex B), by Berlekamp and Massey, Chien and Forney.
enum ReedSolomon {
    /// Corrects a block in place.
    ///
    /// - Parameters:
    ///   - block: data codewords, then `checkCount` check codewords; at most 255 in all.
    ///   - checkCount: how many check codewords there are.
    ///   - correctionCountMax: how many wrong codewords may be put right.
    /// - Returns: how many codewords were wrong, or nil when more were than can be put right.
    static func correct(_ block: inout [UInt8], checkCount: Int, correctionCountMax: Int) -> Int? {
        let syndromes = syndromes(block, count: checkCount)
        if syndromes.allSatisfy({ $0 == 0 }) { return 0 }
        let locator = errorLocator(syndromes)
        let errorCount = locator.count - 1
        guard errorCount <= correctionCountMax else { return nil }
        let places = (0..<block.count).filter {
            GaloisField.evaluate(locator, at: GaloisField.power(255 - $0)) == 0
        }
        guard places.count == errorCount else { return nil }
        let evaluator = (0..<errorCount).map { degree in
            (0...degree).reduce(0) { $0 ^ GaloisField.multiply(locator[$1], syndromes[degree - $1]) }
        }
        let derivative = locator.indices.dropFirst().map { $0 % 2 == 1 ? locator[$0] : 0 }
        for place in places {
            let inverse = GaloisField.power(255 - place)
            let slope = GaloisField.evaluate(derivative, at: inverse)
            guard slope != 0 else { return nil }
            let size = GaloisField.divide(GaloisField.evaluate(evaluator, at: inverse), by: slope)
            block[block.count - 1 - place] ^= GaloisField.multiply(size, GaloisField.power(place))
        }
        return Self.syndromes(block, count: checkCount).allSatisfy { $0 == 0 } ? errorCount : nil
    }

    private static func syndromes(_ block: [UInt8], count: Int) -> [UInt8] {
        (0..<count).map { index in
            let point = GaloisField.power(index)
            return block.reduce(0) { GaloisField.multiply($0, point) ^ $1 }
        }
    }

    /// The polynomial whose roots say where the errors are, lowest coefficient first, without leading zeros.
    private static func errorLocator(_ syndromes: [UInt8]) -> [UInt8] {
        var locator: [UInt8] = [1]
        var previous: [UInt8] = [1]
        var length = 0
        var gap = 1
        var previousDiscrepancy: UInt8 = 1
        for index in syndromes.indices {
            var discrepancy: UInt8 = 0
            for degree in 0...min(length, locator.count - 1) where degree <= index {
                discrepancy ^= GaloisField.multiply(locator[degree], syndromes[index - degree])
            }
            guard discrepancy != 0 else {
                gap += 1
                continue
            }
            let before = locator
            let factor = GaloisField.divide(discrepancy, by: previousDiscrepancy)
            if locator.count < previous.count + gap {
                locator += [UInt8](repeating: 0, count: previous.count + gap - locator.count)
            }
            for degree in previous.indices {
                locator[degree + gap] ^= GaloisField.multiply(factor, previous[degree])
            }
            if 2 * length <= index {
                (length, previous, previousDiscrepancy, gap) = (index + 1 - length, before, discrepancy, 1)
            } else {
                gap += 1
            }
        }
        while let last = locator.last, last == 0 { locator.removeLast() }
        return locator
    }
}
