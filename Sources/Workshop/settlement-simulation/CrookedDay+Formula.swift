import Glibc

extension CrookedDay {
    /// The rate by the page's short formula.
    func formula(_ count: Int) -> Double {
        let (n, k) = (Double(count), Double(sampleCount))
        let rides = (share * n).rounded()
        switch kind {
        case .invented: return 1 - pow(1 - share, k)
        case .doubled: return 1 - pow(1 - k * (k - 1) / (n * (n - 1)), rides)
        case .shared: return 1 - pow(1 - k * k / (n * n), rides)
        }
    }

    /// The exact rate for a sample without repetition.
    func exactRate(_ count: Int) -> Double {
        let bad = Int((share * Double(count)).rounded())
        let k = sampleCount
        switch kind {
        case .invented:
            return 1 - exp(Self.choices(count - bad, k) - Self.choices(count, k))
        case .doubled:
            // Of each pair at most one copy: choose the pairs, a copy of each, and the rest from the whole receipts.
            let missed = (0...min(bad, k)).reduce(0.0) { sum, pairs in
                guard k - pairs <= count - 2 * bad else { return sum }
                return sum
                    + exp(
                        Self.choices(bad, pairs) + Double(pairs) * log(2) + Self.choices(count - 2 * bad, k - pairs)
                            - Self.choices(count, k))
            }
            return 1 - missed
        case .shared:
            // The first sample has some of the shared rides; the second must have none of these.
            let missed = (0...min(bad, k)).reduce(0.0) { sum, shared in
                guard k - shared <= count - bad else { return sum }
                return sum
                    + exp(
                        Self.choices(bad, shared) + Self.choices(count - bad, k - shared) - Self.choices(count, k)
                            + Self.choices(count - shared, k) - Self.choices(count, k))
            }
            return 1 - missed
        }
    }

    /// The logarithm of the number of ways to choose `k` of `n`; minus infinity where there is none.
    private static func choices(_ n: Int, _ k: Int) -> Double {
        guard k >= 0, k <= n else { return -.infinity }
        return (0..<k).reduce(0.0) { $0 + log(Double(n - $1)) - log(Double(k - $1)) }
    }
}
