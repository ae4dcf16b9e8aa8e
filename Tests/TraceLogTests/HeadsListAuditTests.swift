import Testing
import TraceLog

@Suite("A published heads list, held to its heads entry")
struct HeadsListAuditTests {
    /// A log of which nothing is there.
    private struct Nothing: AuditSource {
        func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? { nil }
    }

    @Test("of no objects is found wrong where the entry states a root that there is not")
    func noObjects() throws {
        let root = try #require(MerkleHash([UInt8](repeating: 1, count: 32)))
        for (root, isRight) in [(MerkleHash.emptyRoot, true), (root, false)] {
            let statement = HeadsStatement(entryCount: 5, objectCount: 0, root: root)
            let findings = try HeadsListAudit.check(index: 5, statement: statement, source: Nothing())
            #expect(findings.isEmpty == isRight)
        }
    }
}
