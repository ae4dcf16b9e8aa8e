import Encoding
import TestSupport
import Testing

@Suite("The rate at which a crooked gate is caught")
struct SettlementRateTests {
    @Test("lies within four standard errors of the exact formula, and the short formula is near it")
    func rates() throws {
        let outcome = try Program("settlement-simulation").run(["--days", "150", "--seed", "7", "--json"])
        try #require(outcome.status == 0, "\(outcome)")
        let rows = try VerifyRun(outcome).lines
        #expect(rows.count == 12)
        for row in rows {
            let caught = try #require(row["caught"]?.number), exact = try #require(row["exact"]?.number)
            let formula = try #require(row["formula"]?.number), error = try #require(row["standardError"]?.number)
            #expect(abs(caught - exact) <= 4 * error, "\(row)")
            #expect(abs(formula - exact) < 0.01 && error > 0, "\(row)")
        }
        // The page's example: 2 % and a sample of 230 is 99 %.
        let example = try #require(rows.first { $0["share"]?.number == 0.02 && $0["sample"]?.number == 230 })
        #expect((example["exact"]?.number ?? 0) > 0.99)
    }
}
