import Encoding

/// Our rate beside a baseline's rate, for the same work in the same run.
struct Comparison {
    let name: String
    let baseline: String
    /// Our rate and the baseline's, for a second of processor time.
    let ours: Double
    let theirs: Double

    var ratio: Double { ours / theirs }

    func print(asJSON: Bool) {
        if asJSON {
            let object: JSONValue = [
                "name": .string(name), "baseline": .string(baseline), "perSecond": .number(Self.rounded(ours)),
                "baselinePerSecond": .number(Self.rounded(theirs)), "ratio": .number((ratio * 100).rounded() / 100),
            ]
            Swift.print(object.encoded())
            return
        }
        Swift.print(
            Self.padded(name, 28), Self.aligned("\(Int(ours))", 9), "a second,", Self.padded(baseline, 24),
            Self.aligned("\(Int(theirs))", 9), "a second, ratio", (ratio * 100).rounded() / 100)
    }

    private static func rounded(_ rate: Double) -> Double { rate.rounded() }

    private static func padded(_ text: String, _ count: Int) -> String {
        text + String(repeating: " ", count: max(0, count - text.count))
    }

    private static func aligned(_ text: String, _ count: Int) -> String {
        String(repeating: " ", count: max(0, count - text.count)) + text
    }
}
