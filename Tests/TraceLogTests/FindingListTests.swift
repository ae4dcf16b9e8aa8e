import Testing

@testable import TraceLog

@Suite("The list of an audit's findings")
struct FindingListTests {
    /// More than are kept, of two codes; where two share an index, their object and detail tell them apart.
    private static let findings: [AuditFinding] = (0..<300).map { number in
        let (code, place): (AuditFinding.Code, Int) = (number % 2 == 0 ? .chainBreak : .actorSignature, number / 2)
        return AuditFinding(
            code, index: UInt64(place / 2), object: [UInt8(place % 2), UInt8(place / 2)], detail: "entry \(place)")
    }

    @Test("keeps the first of each code by index, whichever came first", arguments: [1, 7, 77, 151, 299])
    func order(stride: Int) {
        // Each stride has no factor in common with the 300, so that it comes by all of them in an order of its own.
        var list = FindingList()
        for step in Self.findings.indices {
            list.add(Self.findings[step * stride % Self.findings.count])
        }
        let first = Self.findings.prefix(2 * FindingList.countMax).sorted(by: AuditFinding.precedes)
        #expect(list.all == first)
    }
}
