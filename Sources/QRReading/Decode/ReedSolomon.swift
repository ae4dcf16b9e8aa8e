import QRStandard

/// Corrects one block of codewords (ISO/IEC 18004 annex B), by Berlekamp and Massey, Chien and Forney.
enum ReedSolomon {
    /// Corrects a block in place.
    ///
    /// - Parameters:
    ///   - block: data codewords, then `checkCount` check codewords; at most 255 in all.
    ///   - checkCount: the number of check codewords, at most 30.
    ///   - correctionCountMax: the most wrong codewords to correct, beside the erased ones.
    ///   - erasures: indices in the block, without repetition, that count as wrong; each costs half a correction.
    /// - Returns: the number of wrong and erased codewords, or nil when there are too many to correct.
    static func correct(
        _ block: inout [UInt8], checkCount: Int, correctionCountMax: Int, erasures: ArraySlice<Int> = []
    ) -> Int? {
        let syndromes = syndromes(block, count: checkCount)
        if syndromes.isZero { return 0 }
        let locator = errorLocator(syndromes, erasures: erasures, blockCount: block.count)
        let errorCount = locator.degree
        guard errorCount <= correctionCountMax + erasures.count else { return nil }
        var evaluator = GaloisPolynomial(count: errorCount)
        for degree in 0..<errorCount {
            for part in 0...degree {
                evaluator[degree] ^= GaloisField.multiply(locator[part], syndromes[degree - part])
            }
        }
        var derivative = GaloisPolynomial(count: errorCount)
        for degree in 0..<errorCount where degree % 2 == 0 { derivative[degree] = locator[degree + 1] }
        var rootCount = 0
        for place in 0..<block.count {
            let inverse = GaloisField.power(255 - place)
            guard locator.value(at: inverse) == 0 else { continue }
            let slope = derivative.value(at: inverse)
            guard slope != 0 else { return nil }
            let size = GaloisField.divide(evaluator.value(at: inverse), by: slope)
            block[block.count - 1 - place] ^= GaloisField.multiply(size, GaloisField.power(place))
            rootCount += 1
        }
        return rootCount == errorCount && Self.syndromes(block, count: checkCount).isZero ? errorCount : nil
    }

    private static func syndromes(_ block: [UInt8], count: Int) -> GaloisPolynomial {
        var syndromes = GaloisPolynomial(count: count)
        for index in 0..<count {
            let point = GaloisField.power(index)
            var sum: UInt8 = 0
            for codeword in block { sum = GaloisField.multiply(sum, point) ^ codeword }
            syndromes[index] = sum
        }
        return syndromes
    }

    /// The polynomial whose roots give the positions of the errors.
    ///
    /// Its degree grows by at most one for each syndrome, so it fits a ``GaloisPolynomial``.
    private static func errorLocator(
        _ syndromes: GaloisPolynomial, erasures: ArraySlice<Int>, blockCount: Int
    ) -> GaloisPolynomial {
        var locator = GaloisPolynomial(count: erasures.count + 1)
        locator[0] = 1
        for place in erasures {
            let root = GaloisField.power(blockCount - 1 - place)
            for degree in stride(from: erasures.count, to: 0, by: -1) {
                locator[degree] ^= GaloisField.multiply(root, locator[degree - 1])
            }
        }
        var previous = locator
        var length = erasures.count
        var gap = 1
        var previousDiscrepancy: UInt8 = 1
        for index in erasures.count..<syndromes.count {
            var discrepancy: UInt8 = 0
            for degree in 0...min(length, locator.count - 1, index) {
                discrepancy ^= GaloisField.multiply(locator[degree], syndromes[index - degree])
            }
            guard discrepancy != 0 else {
                gap += 1
                continue
            }
            let before = locator
            let factor = GaloisField.divide(discrepancy, by: previousDiscrepancy)
            locator.extend(to: previous.count + gap)
            for degree in 0..<previous.count {
                locator[degree + gap] ^= GaloisField.multiply(factor, previous[degree])
            }
            if 2 * length <= index + erasures.count {
                (length, previous, previousDiscrepancy, gap) = (
                    index + 1 + erasures.count - length, before, discrepancy, 1
                )
            } else {
                gap += 1
            }
        }
        return locator
    }
}
