/// How long each answer took, and how many came a second.
struct Latencies {
    let rate: Double
    /// In milliseconds, ascending.
    private let sorted: [Double]

    init(_ latencies: [Duration], in elapsed: Duration) {
        rate = Double(latencies.count) / (elapsed / .seconds(1))
        sorted = latencies.map { $0 / .milliseconds(1) }.sorted()
    }

    /// Of `share` percent of the answers the longest, in milliseconds.
    func percentile(_ share: Int) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * share / 100)]
    }
}
