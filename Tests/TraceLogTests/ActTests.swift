import Encoding
import Testing

@testable import TraceLog

@Suite("An act of the service")
struct ActTests {
    private static func entry(_ term: ActTerm) throws -> Entry {
        Entry(
            object: term.stream, sequence: 3, previous: EntryLink(leafHash: .emptyRoot, index: 7),
            recordedAtMilliseconds: 1_800_000_000_000, actor: "",
            event: .act(try Act(term, term.fieldNames.map { "\($0) of it" })), commitments: [.emptyRoot])
    }

    @Test("comes back from its bytes, and its scan says the same", arguments: ActTerm.allCases)
    func roundTrip(term: ActTerm) throws {
        let entry = try Self.entry(term)
        let bytes = try entry.encoded()
        #expect(try Entry.decode(bytes[...]) == entry)
        let scan = EntryScanner(bytes.span)
        let scanned = try #require(scan)
        #expect(scanned.eventKind == .act && Array(bytes[scanned.objectRange]) == term.stream.bytes)
        #expect(term.fieldNames == term.fieldNames.sorted() && Set(term.fieldNames).count == term.fieldNames.count)
        #expect(ObjectID.byteCounts.contains(term.stream.bytes.count))
        guard case .act(let act) = entry.event else { return }
        #expect(term.fieldNames.allSatisfy { act[$0] == "\($0) of it" } && act["other"] == nil)
    }

    @Test("is refused with any byte flipped, or says something else")
    func flippedBytes() throws {
        let entry = try Self.entry(.gateKeys)
        let bytes = try entry.encoded()
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            #expect((try? Entry.decode(changed[...])) != entry, "byte \(place)")
        }
    }

    @Test("is refused outside its stream, with another field, and with one too few")
    func refusals() throws {
        var entry = try Self.entry(.keyRetire)
        entry.object = ActTerm.codeRevoke.stream
        #expect(throws: TraceLogError.self) { try entry.encoded() }
        entry.object = .log
        #expect(throws: TraceLogError.self) { try entry.encoded() }
        let bytes = try Self.entry(.keyRetire).encoded()
        // The stream's name in the entry, and the names of term and field.
        for (from, to) in [
            ("acts.keys", "acts.gate"), ("key.retire", "key.retirf"), ("kid", "kie"), ("key.retire", "key.rotate"),
        ] {
            let changed = bytes.replacing(Array(from.utf8), with: Array(to.utf8))
            #expect(throws: TraceLogError.self, "\(to)") { try Entry.decode(changed[...]) }
        }
        #expect(throws: TraceLogError.self) { try Act(.keyRetire, []) }
        #expect(throws: TraceLogError.self) { try Act(.keyRetire, [""]) }
        #expect(throws: TraceLogError.self) { try Act(.keyRetire, ["a", "b"]) }
    }

    @Test("of the trail covers every field of every line before it")
    func trail() throws {
        func line(
            _ number: UInt64 = 1, _ time: UInt64 = 2, _ uid: UInt64 = 3, _ action: String = "a",
            _ subject: String = "b",
            _ detail: JSONValue = ["x": 1]
        ) -> TrailLine {
            TrailLine(number: number, time: time, uid: uid, action: action, subject: subject, detail: detail)
        }
        let others = [
            line(2), line(1, 3), line(1, 2, 4), line(1, 2, 3, "ab", ""), line(1, 2, 3, "a", "c"),
            line(1, 2, 3, "a", "b", .null), line(1, 2, 3, "a", "b", ["x": 2]),
        ]
        let hashes = ([line()] + others).map { $0.hash(after: TrailLine.start) } + [line().hash(after: .emptyRoot)]
        #expect(Set(hashes).count == hashes.count)
        let text = #"{"number":1,"time":2,"uid":3,"action":"a","subject":"b","detail":{"x":1}}"#
        #expect(try TrailLine(json: Array(text.utf8), byteCountMax: 1000) == line())
        for wrong in [
            "{}", text.replacing("\"uid\":3,", with: ""), text.replacing("3", with: "-3"),
            text.replacing("\"a\"", with: "4"),
        ] {
            #expect(throws: TraceLogError.self) { try TrailLine(json: Array(wrong.utf8), byteCountMax: 1000) }
        }
    }
}
