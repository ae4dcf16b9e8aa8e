import Glibc

/// What a sample says about a whole day.
package struct SampleBound: Sendable, Equatable {
    /// The chance that the true share lies above the bound.
    package static let doubt = 0.01

    /// The most likely share of bad receipts: that of the sample.
    package let share: Double
    /// The upper bound of the share, with 99 % confidence (Clopper and Pearson, one-sided).
    package let shareMax: Double

    /// - Parameters:
    ///   - badCount: the bad receipts in the sample, at most `sampleCount`.
    ///   - sampleCount: the receipts that were asked for.
    ///   - count: the receipts of the day.
    package init(badCount: Int, sampleCount: Int, count: UInt64) {
        guard sampleCount > 0 else {
            (share, shareMax) = (0, count == 0 ? 0 : 1)
            return
        }
        share = Double(badCount) / Double(sampleCount)
        if UInt64(sampleCount) >= count || badCount >= sampleCount {
            shareMax = UInt64(sampleCount) >= count ? share : 1
            return
        }
        var (low, high) = (share, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if Self.chance(of: badCount, in: sampleCount, share: middle) > Self.doubt {
                low = middle
            } else {
                high = middle
            }
        }
        shareMax = high
    }

    /// The chance of at most `badCount` bad ones among `sampleCount`, each bad with chance `share`.
    private static func chance(of badCount: Int, in sampleCount: Int, share: Double) -> Double {
        guard share > 0 else { return 1 }
        guard share < 1 else { return 0 }
        var logarithm = Double(sampleCount) * log1p(-share)
        var sum = exp(logarithm)
        for number in 1..<badCount + 1 {
            logarithm += log(Double(sampleCount - number + 1) / Double(number)) + log(share) - log1p(-share)
            sum += exp(logarithm)
        }
        return sum
    }
}
