import Storage
import Testing

@testable import Issuing

@Suite("The tally of refusals")
struct RefusalTallyTests {
    @Test("gives the first of a minute a line at once, and the others one line together")
    func minute() {
        let tally = RefusalTally()
        #expect(tally.note(of: .user(7), route: "POST /v1/codes", code: "a", at: 120).map(\.count) == [1])
        for _ in 0..<999 { #expect(tally.note(of: .user(7), route: "POST /v1/codes", code: "a", at: 130).isEmpty) }
        #expect(tally.note(of: .user(7), route: "GET /v1/keys", code: "a", at: 140).map(\.count) == [1])
        #expect(tally.lines(at: 179).isEmpty)
        let lines = tally.lines(at: 200)
        #expect(lines == [.init(caller: .user(7), route: "POST /v1/codes", code: "a", count: 999, time: 179)])
        #expect(tally.lines(at: 400).isEmpty)
    }

    @Test("loses no count when the minute, the clock or the service ends")
    func total() {
        let tally = RefusalTally()
        var lines: [RefusalTally.Line] = []
        for (number, time) in [0, 30, 61, 65, 5, 6, 500].enumerated() {
            for _ in 0...number {
                lines += tally.note(of: .user(7), route: "GET /v1/keys", code: "a", at: UInt64(time))
            }
        }
        lines += tally.lines(at: 500, isEnd: true)
        #expect(lines.reduce(0) { $0 + $1.count } == 28)
        #expect(lines.allSatisfy { $0.time <= 500 })
    }

    @Test("has a bounded number of lines for however many users, and a line for each route")
    func bound() {
        let tally = RefusalTally()
        var lines: [RefusalTally.Line] = []
        for uid in 0..<3000 {
            for route in 0..<20 {
                lines += tally.note(of: .user(UInt32(uid)), route: "GET /\(route)", code: "a", at: 1)
            }
        }
        lines += tally.lines(at: 1, isEnd: true)
        #expect(lines.reduce(0) { $0 + $1.count } == 60_000)
        #expect(lines.count <= 2 * (RefusalTally.kindCountMax + 1))
        #expect(Set(lines.filter { $0.caller == .user(0) }.map(\.route)).count == 20, "no route hides behind others")
        #expect(lines.contains { $0.caller == RefusalTally.otherCallers })
    }
}
