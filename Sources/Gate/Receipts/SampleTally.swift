package import Encoding

/// What became of a gate's sample; it names nobody.
package struct SampleTally: Sendable, Equatable {
    /// What became of one drawn receipt.
    package enum Result: Sendable, Equatable {
        /// A good receipt; the text is the same for every copy of its showing.
        case good(showing: String)
        case altered
        /// Its key was struck since: whether it was good then cannot be told any more.
        case keyStruck
        /// The gate did not open it.
        case invented
    }

    package let draw: SettlementDraw
    package private(set) var goodCount = 0
    package private(set) var inventedCount = 0
    package private(set) var alteredCount = 0
    package private(set) var doubledCount = 0
    package private(set) var keyStruckCount = 0

    /// Counts the results of every gate's sample.
    ///
    /// A showing that stands more than once in all samples together is doubled, every copy of it.
    package static func tallies(of samples: [(draw: SettlementDraw, results: [Result])]) -> [SampleTally] {
        var copies: [String: Int] = [:]
        for case .good(let showing) in samples.lazy.flatMap(\.results) { copies[showing, default: 0] += 1 }
        return samples.map { draw, results in
            var tally = SampleTally(draw)
            for result in results {
                switch result {
                case .good(let showing) where copies[showing] == 1: tally.goodCount += 1
                case .good: tally.doubledCount += 1
                case .altered: tally.alteredCount += 1
                case .keyStruck: tally.keyStruckCount += 1
                case .invented: tally.inventedCount += 1
                }
            }
            return tally
        }
    }

    private init(_ draw: SettlementDraw) {
        self.draw = draw
    }

    /// Whether a receipt of the sample is invented, altered or doubled.
    package var isBad: Bool { inventedCount + alteredCount + doubledCount > 0 }

    /// The share of invented and altered receipts; doubled ones have another formula (Settlement.md).
    package var bound: SampleBound {
        SampleBound(
            badCount: inventedCount + alteredCount, sampleCount: draw.indices.count - keyStruckCount,
            count: draw.count)
    }

    package var json: JSONValue {
        let bound = bound
        return [
            "gate": .string(draw.gate.text), "day": .string(draw.day.text),
            "count": .integer(Int64(clamping: draw.count)), "sampled": .integer(Int64(draw.indices.count)),
            "good": .integer(Int64(goodCount)), "invented": .integer(Int64(inventedCount)),
            "altered": .integer(Int64(alteredCount)), "doubled": .integer(Int64(doubledCount)),
            "keyStruck": .integer(Int64(keyStruckCount)), "badShare": .number(bound.share),
            "badShareMax": .number(bound.shareMax),
        ]
    }
}
