import Encoding
import Testing

@Suite("A gate whose clock is wrong")
struct ClockWatchTests {
    private func run(_ gate: VerifyGate, at time: UInt64, holders: Int, isSame: Bool = false) throws -> VerifyRun {
        let one = try gate.person()
        let lines = try (0..<holders).map { _ in try gate.shown(isSame ? one : gate.person()) }
        return try VerifyRun(
            "--bundle \(gate.folder) --scene metro-gate --at \(time) --stream",
            input: lines.map { $0 + "\n" }.joined())
    }

    private func warnings(_ verdict: JSONValue?) -> [String] {
        verdict?["warnings"]?.array?.compactMap(\.string) ?? []
    }

    @Test(
        "says so once most of the last holders disagree with it, and calls no holder's code the fault",
        arguments: [
            (VerifyGate.now + 90, "stale", "clock_ahead", Int64(-90)),
            (VerifyGate.now - 16, "from_future", "clock_behind", 16),
            // Within the scene's skew everything is accepted, and the guard hears of it all the same.
            (VerifyGate.now - 10, "ok", "clock_behind", 10),
        ])
    func persistentSkew(at time: UInt64, code: String, warning: String, offset: Int64) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let first = try run(gate, at: time, holders: 11)
        #expect(first.lines.allSatisfy { $0["code"]?.string == code && !warnings($0).contains(warning) })
        // Another process goes on where the first ended.
        let second = try run(gate, at: time, holders: 2)
        #expect(second.lines.allSatisfy { $0["code"]?.string == code && warnings($0).contains(warning) })
        #expect(second.lines.first?["freshness"]?["clockOffsetSeconds"]?.integer == offset)
        // A clock that was set right is believed again.
        let mended = try run(gate, at: VerifyGate.now, holders: 12)
        #expect(mended.lines.allSatisfy { $0["code"]?.string == "ok" })
        #expect(warnings(mended.lines.last).isEmpty)
    }

    @Test("is not what one holder's old code means, however often it is shown")
    func oneHolder() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let run = try run(gate, at: VerifyGate.now + 90, holders: 30, isSame: true)
        #expect(run.lines.allSatisfy { $0["code"]?.string == "stale" && warnings($0).isEmpty })
    }
}
