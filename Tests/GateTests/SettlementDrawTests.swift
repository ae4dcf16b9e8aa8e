import Encoding
import Signing
import TestSupport
import Testing
import TraceLog

@testable import Gate

@Suite("The settlement's arithmetic")
struct SettlementDrawTests {
    private static let gate = [UInt8](1...16)

    private func draw(_ count: UInt64, _ sampleCount: Int, beacon: String = "0123456789abcdef") throws -> SettlementDraw
    {
        let root = try #require(MerkleHash([UInt8](repeating: 7, count: 32)))
        let closed = ClosedDay(
            gate: try #require(GateIdentifier(bytes: Self.gate)), day: try #require(SettlementDay("2026-11-29")),
            count: count, paperCount: 0, timedCount: 0, root: root)
        return try SettlementDraw(of: closed, beacon: beacon, sampleCount: sampleCount)
    }

    @Test("draws the indices that another program computes")
    func vectors() throws {
        #expect(try draw(1000, 8).indices == [152, 174, 224, 246, 578, 586, 606, 671])
        #expect(try draw((1 << 32) - 5, 4).indices == [57507348, 494804435, 649954935, 4147746382])
    }

    @Test("draws distinct indices in order, all of them where there are no more, and others for another beacon")
    func distinct() throws {
        for (count, sampleCount) in [(0, 5), (1, 5), (5, 5), (6, 5), (300, 299), (10_000, 230)] as [(UInt64, Int)] {
            let indices = try draw(count, sampleCount).indices
            #expect(indices.count == min(Int(count), sampleCount) && indices == Array(Set(indices)).sorted())
            #expect(indices.allSatisfy { $0 < count })
        }
        #expect(try draw(10_000, 230).indices != draw(10_000, 230, beacon: "0123456789abcdeg").indices)
        #expect(try draw(10_000, 230).indices != draw(10_001, 230).indices)
    }

    @Test("draws every index as often as any other")
    func even() throws {
        // 3,000 draws of 10 out of 30: each index 1,000 times, with a standard deviation of 25.8.
        var drawn = [Int](repeating: 0, count: 30)
        for number in 0..<3000 {
            for index in try draw(30, 10, beacon: "beacon-of-number-\(number)").indices {
                drawn[Int(index)] += 1
            }
        }
        #expect(drawn.allSatisfy { abs($0 - 1000) < 130 }, "\(drawn)")
    }

    @Test("reads back what it writes, and nothing else")
    func json() throws {
        let honest = try draw(1000, 8)
        #expect(try SettlementDraw(honest.json) == honest)
        for (member, value) in [
            ("gate", "00"), ("day", "2026-02-30"), ("count", -1), ("root", "00"), ("beacon", "short"),
            ("beacon", "a beacon with spaces"), ("sample", 0), ("sample", 1001), ("indices", []), ("extra", 1),
        ] as [(String, JSONValue)] {
            guard case .object(var object) = honest.json else { return }
            object[member] = value
            #expect(throws: ReceiptError.self, "\(member)") { try SettlementDraw(.object(object)) }
        }
    }

    @Test("bounds the share of bad receipts by the sample")
    func bound() {
        // Without a bad one the bound is 1 - 0.01^(1/k): 2 % at k = 228.
        let clean = SampleBound(badCount: 0, sampleCount: 230, count: 100_000)
        #expect(clean.share == 0 && abs(clean.shareMax - 0.019_823_4) < 0.000_001)
        let one = SampleBound(badCount: 1, sampleCount: 230, count: 100_000)
        #expect(abs(one.share - 1 / 230.0) < 1e-9 && abs(one.shareMax - 0.028_511_2) < 0.000_001, "\(one)")
        #expect(SampleBound(badCount: 3, sampleCount: 10, count: 10).shareMax == 0.3)
        #expect(SampleBound(badCount: 10, sampleCount: 10, count: 100).shareMax == 1)
        let empty = SampleBound(badCount: 0, sampleCount: 0, count: 0)
        #expect(empty == SampleBound(badCount: 0, sampleCount: 5, count: 5))
        #expect(SampleBound(badCount: 0, sampleCount: 0, count: 9).shareMax == 1)
    }

    @Test("reads days of the calendar, and no others")
    func days() throws {
        for (text, number) in [
            ("1970-01-01", 0), ("1972-02-29", 789), ("2000-03-01", 11_017), ("2026-11-29", 20_786),
            ("9999-12-30", 2_932_895),
        ] as [(String, UInt64)] {
            let day = try #require(SettlementDay(text))
            #expect(day.number == number && day.text == text && SettlementDay(of: day.end - 1) == day)
        }
        let others = [
            "1969-12-31", "9999-12-31", "2026-2-03", "2026-02-29", "2026-13-01", "2026-00-10",
            "10000-01-1", "2026-11-29x", "",
        ]
        for text in others { #expect(SettlementDay(text) == nil, "\(text)") }
        #expect(SettlementDay(number: 2_932_896) == nil && SettlementDay(of: .max).number == 2_932_895)
    }
}
