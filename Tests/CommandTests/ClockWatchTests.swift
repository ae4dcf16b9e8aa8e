import Credential
import Encoding
import TestSupport
import Testing

@Suite("A gate whose clock is wrong")
struct ClockWatchTests {
    private let clock: SetClock

    init() throws {
        clock = try SetClock(at: VerifyGate.now)
    }

    private func run(_ gate: VerifyGate, at time: UInt64, _ lines: [String]) throws -> VerifyRun {
        try clock.set(time)
        return try VerifyRun(
            "--bundle \(gate.folder) --scene metro-gate --root \(gate.rootDigest) --stream",
            input: lines.map { $0 + "\n" }.joined(), clock: clock)
    }

    private func warnings(_ verdict: JSONValue?) -> [String] {
        verdict?["warnings"]?.array?.compactMap(\.string) ?? []
    }

    @Test(
        "warns once most of the last holders' phones disagree with it, and blames no holder's code",
        arguments: [
            (VerifyGate.now + 90, "stale", "clock_ahead", Int64(-90)),
            (VerifyGate.now - 16, "from_future", "clock_behind", 16),
            // Within the scene's skew everything is accepted, and the guard gets the warning too.
            (VerifyGate.now - 10, "ok", "clock_behind", 10),
        ])
    func persistentSkew(at time: UInt64, code: String, warning: String, offset: Int64) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        func lines(_ count: Int) throws -> [String] { try (0..<count).map { _ in try gate.shownByAnother() } }
        let first = try run(gate, at: time, lines(4))
        #expect(first.lines.allSatisfy { $0["code"]?.string == code && !warnings($0).contains(warning) })
        // Another process continues with the first one's state.
        let second = try run(gate, at: time, lines(2))
        #expect(second.lines.allSatisfy { $0["code"]?.string == code && warnings($0).contains(warning) })
        #expect(second.lines.first?["freshness"]?["clockOffsetSeconds"]?.integer == offset)
        // A corrected clock is trusted again.
        let mended = try run(gate, at: VerifyGate.now, lines(12))
        #expect(mended.lines.allSatisfy { $0["code"]?.string == "ok" })
        #expect(warnings(mended.lines.last).isEmpty)
    }

    @Test(
        "by far learns it from the phones' refused codes of every kind, and stays closed",
        arguments: [-40_000, -400, 4000, 90_000, 40_000_000] as [Int64])
    func farOff(by offset: Int64) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let time = UInt64(Int64(VerifyGate.now) + offset)
        // Two of four kinds tell their holders apart before anything is opened.
        let lines = try [1, 2, 3, 4].flatMap { holder in
            try [
                gate.shownByAnother(), gate.chain(), gate.person(kind: .timed, lifetime: 120),
                gate.transit.code(account: [UInt8](repeating: holder, count: 10)),
            ]
        }
        let run = try run(gate, at: time, lines)
        #expect(run.lines.count == 16 && run.lines.allSatisfy { $0["verdict"]?.string != "accept" })
        for verdict in run.lines {
            let skew = verdict["freshness"]?["skewSeconds"]?.integer
            let age = verdict["freshness"]?["ageSeconds"]?.integer
            let told = try #require(skew) - #require(age)
            #expect((told + offset).magnitude <= 30, "\(offset) \(told)")
        }
        let warning = offset < 0 ? "clock_behind" : "clock_ahead"
        #expect(warnings(run.lines.last).contains(warning))
        #expect(run.lines.last?["reason"]?.string?.hasSuffix("this machine's clock, so it is probably wrong") == true)
        #expect(run.lines.prefix(8).allSatisfy { !warnings($0).contains(warning) })
    }

    @Test("is not concluded from one holder's old code, however often shown, or from old codes of mixed ages")
    func oldCodes() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let one = try gate.shown(gate.person())
        let same = try run(gate, at: VerifyGate.now + 90, [String](repeating: one, count: 30))
        #expect(same.lines.allSatisfy { $0["code"]?.string == "stale" && warnings($0).isEmpty })
        let ages = try (1...8 as ClosedRange<UInt64>).map {
            try gate.shownByAnother(time: VerifyGate.now + $0 * 300)
        }
        let old = try run(gate, at: VerifyGate.now + 3000, ages)
        #expect(old.lines.allSatisfy { $0["code"]?.string == "stale" && warnings($0).isEmpty })
    }

    @Test("is not concluded from one phone's fresh credentials, or from chain and timed codes that are refused")
    func onePhone() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        for time in [VerifyGate.now + 90, VerifyGate.now - 16, VerifyGate.now - 10] {
            let lines = try (0..<8).flatMap { _ in
                try [gate.shown(gate.person()), gate.chain(), gate.person(kind: .timed, lifetime: 60)]
            }
            let run = try run(gate, at: time, lines + [gate.transit.code()])
            #expect(run.lines.count == 25 && run.lines.allSatisfy { warnings($0).isEmpty }, "\(time)")
        }
    }

    @Test("is not concluded from codes without a valid signature of phone and issuer")
    func forgeries() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let lines = try (0..<8).flatMap { _ in
            try [gate.shown(gate.person(by: gate.compromised)), gate.person(), gate.person(kind: .paper)]
        }
        for offset in [-40_000, 40_000_000] as [Int64] {
            let run = try run(gate, at: UInt64(Int64(VerifyGate.now) + offset), lines)
            #expect(run.lines.allSatisfy { $0["freshness"] == nil && $0["verdict"]?.string != "accept" })
        }
    }
}
