/// The duration of each answer, and the answers a second.
struct Latencies {
    let rate: Double
    /// In milliseconds, ascending.
    private let sorted: [Double]

    init(_ latencies: [Duration], in elapsed: Duration) {
        rate = Double(latencies.count) / (elapsed / .seconds(1))
        sorted = latencies.map { $0 / .milliseconds(1) }.sorted()
    }

    /// The longest duration among the fastest `share` percent of the answers, in milliseconds.
    func percentile(_ share: Int) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * share / 100)]
    }
}
