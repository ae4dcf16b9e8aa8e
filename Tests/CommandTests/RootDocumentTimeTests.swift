import Encoding
import Gate
import GateTestSupport
import Glibc
import Signing
import TestSupport
import Testing

@Suite("The times of root documents, and what a gate remembers under each key")
struct RootDocumentTimeTests {
    private let rooted: RootedGate
    private let keys: [SigningKey]
    private let now = VerifyGate.now

    init() throws {
        rooted = try RootedGate()
        keys = rooted.keys.bundleKeys
    }

    private func remove() { rooted.gate.remove() }

    private func isOpen(_ options: String = "", at time: UInt64 = VerifyGate.now) throws -> Bool {
        try rooted.isOpen(options, at: time)
    }

    private func chain() throws -> [SignedRootDocument] { try rooted.chain() }

    @Test("stays closed from the end of the newest document on, and from that of the bundle's key")
    func ended() throws {
        defer { remove() }
        let short = try rooted.document(1, bundleKeys: [keys[0]], expiresAt: now + 10)
        try rooted.put(version: 6, by: keys[0], [short])
        #expect(try isOpen(at: now + 9))
        #expect(try rooted.isClosed("bundle_expired", at: now + 10))
        #expect(try isOpen(at: now + 9), "nothing was remembered of the later clock")
        // A document that follows brings the gate back, although the one before it has ended.
        let next = try rooted.document(2, bundleKeys: [keys[0]], issuedAt: now)
        try rooted.put(version: 7, by: keys[0], [short, next], issuedAt: now, listTime: now)
        #expect(try isOpen(at: now + 10))
        let keyEnd = now + 396 * 86_400
        try rooted.put(version: 8, by: keys[0], [short, next], issuedAt: keyEnd - 60, listTime: keyEnd - 60)
        #expect(try isOpen(at: keyEnd - 1))
        #expect(try rooted.isClosed("bundle_expired", at: keyEnd))
        try rooted.put(version: 9, by: keys[0], [short, next], issuedAt: keyEnd, listTime: keyEnd)
        #expect(try rooted.isClosed("bundle_expired", at: keyEnd - 1))
    }

    @Test("takes nothing of a document that is dated ahead, and follows it once the clock has come there")
    func datedAhead() throws {
        defer { remove() }
        let next = rooted.keys.roots[0]
        let one = try rooted.document(1, bundleKeys: [keys[0]])
        let ahead = try rooted.document(2, roots: [next], bundleKeys: [keys[1]], issuedAt: now + 1000)
            .signed(by: next)
        try rooted.put(version: 6, by: keys[0], [one])
        #expect(try isOpen())
        try rooted.put(version: 7, by: keys[1], [one, ahead])
        #expect(try rooted.isClosed("clock_before_bundle"))
        try rooted.put(version: 6, by: keys[0], [one])
        #expect(try isOpen(), "the document was not remembered")
        try rooted.put(version: 7, by: keys[1], [one, ahead])
        #expect(try isOpen(at: now + 1000))
        try rooted.put(version: 8, by: keys[0], [one])
        #expect(try rooted.isClosed("bundle_rollback", at: now + 1000))
    }

    @Test("forgets versions and times that it learnt under a dropped key, and no others")
    func forgets() throws {
        defer { remove() }
        let chain = try chain()
        let stolen = VerifyGate.now + 80_000
        try rooted.put(version: 6, by: keys[1], Array(chain[..<2]))
        #expect(try isOpen())
        // A thief of the first key publishes a version and times that lie just within what is taken.
        try rooted.put(version: stolen, by: keys[0], Array(chain[..<2]), issuedAt: now + 15, listTime: now + 15)
        #expect(try isOpen())
        try rooted.put(version: 7, by: keys[1], Array(chain[..<2]))
        #expect(try rooted.isClosed("bundle_rollback"))
        try rooted.put(version: 7, by: keys[1], chain)
        #expect(try isOpen())
        let seen = try ProjectFiles.bytes("\(rooted.gate.folder)/\(SeenState.path)")
        #expect(!seen.contains(CBORItem.unsigned(stolen).encoded()))
        // What the key that stays has signed is kept.
        try rooted.put(version: 6, by: keys[1], chain)
        #expect(try rooted.isClosed("bundle_rollback"))
    }

    @Test("forgets at a reset what it learnt under a bundle key ahead of the clock, and stays with its root document")
    func resetClock() throws {
        defer { remove() }
        let chain = try chain()
        let ahead = now + 30 * 86_400
        try rooted.put(version: ahead, by: keys[1], Array(chain[..<2]), issuedAt: ahead, listTime: ahead)
        #expect(try isOpen(at: ahead))
        try rooted.put(version: 6, by: keys[1], Array(chain[..<2]))
        #expect(try rooted.isClosed("bundle_rollback"))
        let reset = try VerifyRun("state reset-clock --bundle \(rooted.gate.folder)", clock: rooted.clock)
        #expect(try reset.status == 0 && isOpen())
        try rooted.put(version: 7, by: keys[0], Array(chain[..<1]))
        #expect(try rooted.isClosed("bundle_rollback"))
    }

    @Test("reads its state under a given time and never advances it")
    func givenTime() throws {
        defer { remove() }
        let chain = try chain()
        try rooted.put(version: 6, by: keys[0], Array(chain[..<1]))
        #expect(try isOpen())
        let seen = try ProjectFiles.bytes("\(rooted.gate.folder)/\(SeenState.path)")
        try rooted.put(version: 7, by: keys[1], chain)
        #expect(try isOpen("--at \(now)"))
        #expect(try ProjectFiles.bytes("\(rooted.gate.folder)/\(SeenState.path)") == seen)
        try rooted.put(version: 6, by: keys[0], nil)
        #expect(try rooted.isClosed("bundle_unreadable", "--at \(now)"))
    }
}
