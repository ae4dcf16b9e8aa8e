import ArgumentParser
import Gate
import TraceLog

/// A day of one crooked gate, or of two that share rides.
struct CrookedDay {
    enum Kind: String {
        /// Receipts that open to something else, or not at all.
        case invented = "invented or altered"
        /// Rides that stand twice in the day of one gate.
        case doubled = "doubled at one gate"
        /// Rides that stand in the days of two gates.
        case shared = "doubled at two gates"
    }

    static let rows: [CrookedDay] =
        [(0.01, 50), (0.01, 230), (0.02, 100), (0.02, 230), (0.05, 50), (0.1, 20)].map {
            CrookedDay(kind: .invented, share: $0.0, sampleCount: $0.1)
        }
        + [Kind.doubled, .shared].flatMap { kind in
            [(0.02, 230), (0.1, 230), (0.02, 1000)].map {
                CrookedDay(kind: kind, share: $0.0, sampleCount: $0.1)
            }
        }

    let kind: Kind
    /// The share of receipts that are invented or altered; for doubled ones, of rides that stand twice.
    let share: Double
    let sampleCount: Int

    private static let code = [UInt8](repeating: 7, count: 200)
    private static let beaconTail = String(repeating: "0", count: 16)

    private func badCount(_ count: Int) -> Int { Int((share * Double(count)).rounded()) }

    /// Draws from the day as the settlement does, and looks at the drawn receipts.
    func isCaught(_ count: Int, day: UInt64, _ random: inout SplitMix) throws -> Bool {
        switch kind {
        case .invented:
            let bad = Set(random.places(badCount(count), of: count))
            return try draw(count, gate: 1, day: day, &random).indices.contains { index in
                let opening = try Self.opening(index)
                let claimed = bad.contains(index) ? ReceiptOpening.leaf(of: [1]) : ReceiptOpening.leaf(of: opening)
                return ReceiptOpening.leaf(of: opening) != claimed
            }
        case .doubled:
            // The pairs stand at places of their own.
            let places = random.places(2 * badCount(count), of: count)
            var showings: [UInt64: Int] = [:]
            for (number, place) in places.enumerated() { showings[place] = number / 2 }
            return try isDoubled([(draw(count, gate: 1, day: day, &random), showings)])
        case .shared:
            let samples = try [UInt8(1), 2].map { gate in
                var showings: [UInt64: Int] = [:]
                for (number, place) in random.places(badCount(count), of: count).enumerated() {
                    showings[place] = number
                }
                return (try draw(count, gate: gate, day: day, &random), showings)
            }
            return isDoubled(samples)
        }
    }

    /// Whether the settlement's own count finds a doubled receipt; `showings` names the crooked places.
    private func isDoubled(_ samples: [(draw: SettlementDraw, showings: [UInt64: Int])]) -> Bool {
        let results = samples.map { draw, showings in
            (
                draw,
                draw.indices.map { index in
                    SampleTally.Result.good(
                        showing: showings[index].map { "pair \($0)" } ?? "\(draw.gate.text) \(index)")
                }
            )
        }
        return SampleTally.tallies(of: results).contains { $0.doubledCount > 0 }
    }

    private func draw(_ count: Int, gate: UInt8, day: UInt64, _ random: inout SplitMix) throws -> SettlementDraw {
        guard let identifier = GateIdentifier(bytes: [UInt8](repeating: gate, count: 16)),
            let date = SettlementDay(number: day % 30_000)
        else { throw ValidationError("the simulation has a value out of range") }
        // A draw depends on the tree by its root alone, which is as random as the leaves.
        let root = ReceiptOpening.leaf(of: [gate] + random.bytes)
        let closed = ClosedDay(
            gate: identifier, day: date, count: UInt64(count), paperCount: 0, timedCount: 0, root: root)
        return try SettlementDraw(
            of: closed, beacon: "\(random.next())-\(Self.beaconTail)", sampleCount: sampleCount)
    }

    private static func opening(_ index: UInt64) throws -> [UInt8] {
        let random = (0..<16).map { UInt8(truncatingIfNeeded: index >> UInt64($0)) }
        guard let opening = ReceiptOpening(random: random, scene: "metro-gate", code: code, time: index) else {
            throw ValidationError("the simulation has a value out of range")
        }
        return opening.encoded()
    }
}
