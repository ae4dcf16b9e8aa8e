import Credential
import Foundation
import Signing
import TestSupport
import Testing

@testable import PostgreSQLStorage
@testable import Storage

/// The parts of the tables of codes and of the audit trail.
@Suite("A registry in PostgreSQL that is kept in parts", .enabled(if: PostgreSQLServer.shared != nil))
struct PostgreSQLPartTests {
    private static let day: UInt64 = 20_000
    private let place: PostgreSQLAddress
    private let schema: String
    private let store: PostgreSQLStore
    private let registry: Registry

    init() throws {
        place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        schema = String(try #require(place.url.split(separator: "%3D").last))
        try PostgreSQLStore.create(at: place, trusting: [])
        store = try PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher())
        registry = try Registry(cipher: ScratchRegistry.cipher(), random: SystemRandom())
    }

    @discardableResult
    private func run(_ sql: String) throws -> String {
        try #require(PostgreSQLServer.shared).run("SET search_path = \(schema); \(sql)")
    }

    private func parts(of table: String) throws -> [String] {
        try store.read { try #require($0 as? PostgreSQLTransaction).database.parts(of: table) }
    }

    private static func code(_ identifier: UInt8, day: UInt64) -> IssuedCodeRecord {
        IssuedCodeRecord(
            id: [identifier], subject: "p", form: .person, kind: .signed,
            list: StatusListReference(issuer: "SH", form: .person, day: day), statusIndex: UInt64(identifier),
            actor: nil, actorIndex: nil, issuedAt: day * CodeDay.seconds, expiresAt: (day + 1) * CodeDay.seconds,
            keyIdentifier: [1, 2, 3, 4])
    }

    private func add(_ identifier: UInt8, day: UInt64) async throws {
        try await store.write { try $0.insertCode(Self.code(identifier, day: day)) }
    }

    @Test("has parts for the next days and months made ahead, and drops the table of an ended day")
    func dropped() async throws {
        let now = Self.day * CodeDay.seconds
        try await store.write { try $0.prepareDays(at: now) }
        #expect(try parts(of: "code") == ["code_20000", "code_20001", "code_20002", "code_lasting"])
        // The day 20,000 is 2024-10-04.
        #expect(try parts(of: "audit") == ["audit_202410", "audit_202411"])
        for day in Self.day..<Self.day + 12 { try await add(UInt8(day - Self.day), day: day) }
        #expect(try parts(of: "code").count == 13)
        while try await store.write({ [registry] in try registry.dropCodes(before: Self.day + 10, in: $0) }) {}
        #expect(try parts(of: "code") == ["code_20010", "code_20011", "code_lasting"])
        // A part comes again where a row needs it, as after a clock that was wrong.
        try await add(1, day: Self.day)
        #expect(try parts(of: "code").first == "code_20000")
    }

    @Test("makes a part again that a refused change had made")
    func undone() async throws {
        let other = Self.day + 40
        await #expect(throws: StorageError.self) {
            try await store.write { transaction in
                try transaction.insertCode(Self.code(1, day: other))
                throw StorageError.unwritable("refused")
            }
        }
        #expect(try !parts(of: "code").contains("code_\(other)"))
        try await add(1, day: other)
        #expect(try parts(of: "code") == ["code_\(other)"])
    }

    @Test("finds a code by its identifier through an index in every part")
    func indexed() async throws {
        for day in Self.day..<Self.day + 3 { try await add(1, day: day) }
        let plan = try run("SET enable_seqscan = off; EXPLAIN SELECT subject FROM code WHERE id = '\\x01'")
        #expect(plan.matches(of: /Index.* Scan/).count >= 3 && !plan.contains("Seq Scan"))
        // An identifier is one code's within its day alone.
        await #expect(throws: StorageError.self) { try await add(1, day: Self.day) }
        #expect(try store.read { try $0.codes(of: "p", after: [1], count: 9) }.count == 2)
    }

    @Test("drops no month that has a line above the floor, and hides the lines below")
    func months() async throws {
        // Lines 1 to 8, one every twenty days.
        try await store.write { transaction in
            for number: UInt64 in 0..<8 {
                try transaction.insertAuditLine(
                    uid: 0, action: "a", subject: "b", detail: nil, at: (Self.day + 20 * number) * CodeDay.seconds)
            }
            try transaction.putTrailChain(TrailChainState(number: 8, hash: [1]))
            try transaction.raiseTrailFloor(to: TrailChainState(number: 5, hash: [1]))
        }
        // 4 and 24 October, 13 November, 3 and 23 December; 12 January, 1 and 21 February.
        #expect(try parts(of: "audit").count == 5)
        #expect(try await store.write { try $0.deleteAuditLines(countMax: 9) } == false)
        #expect(try parts(of: "audit") == ["audit_202501", "audit_202502"])
        try await store.write { try $0.raiseTrailFloor(to: TrailChainState(number: 7, hash: [1])) }
        _ = try await store.write { try $0.deleteAuditLines(countMax: 9) }
        #expect(try parts(of: "audit") == ["audit_202502"])
        #expect(try run("SELECT count(*) FROM audit").contains("2\n"))
        #expect(try store.read { try $0.auditLines(after: 0, count: 9, subject: nil) }.map(\.number) == [8])
    }

    @Test("keeps the trail above its floor against whoever writes to the database")
    func triggers() async throws {
        try await store.write { transaction in
            for _ in 0..<9 {
                try transaction.insertAuditLine(uid: 0, action: "a", subject: "b", detail: nil, at: 1)
            }
            try transaction.putTrailChain(TrailChainState(number: 6, hash: [1]))
            try transaction.raiseTrailFloor(to: TrailChainState(number: 4, hash: [1]))
        }
        let refused = [
            "DELETE FROM audit", "DELETE FROM audit WHERE number = 5", "DELETE FROM audit_197001",
            "TRUNCATE audit", "TRUNCATE audit_197001", "UPDATE audit SET uid = 1", "UPDATE audit_197001 SET uid = 1",
            "INSERT INTO audit VALUES (4, 1, 0, 'a', 'b')", "INSERT INTO audit_197001 VALUES (3, 1, 0, 'a', 'b')",
            "UPDATE trailFloor SET number = 3", "UPDATE trailFloor SET number = 7", "UPDATE trailFloor SET hash = ''",
            "DELETE FROM trailFloor", "TRUNCATE trailFloor",
        ]
        for statement in refused {
            #expect(throws: MissingFile.self, "\(statement)") { try run(statement) }
        }
        try run("DELETE FROM audit WHERE number <= 4")
        #expect(try store.read { try $0.auditLines(after: 0, count: 9, subject: nil) }.map(\.number) == Array(5...9))
    }

    @Test("is dropped from by two daemons at once as by one")
    func together() async throws {
        let other = try PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher())
        for day in Self.day..<Self.day + 100 { try await add(UInt8(day - Self.day), day: day) }
        try await store.write { transaction in
            try transaction.insertAuditLine(uid: 0, action: "a", subject: "b", detail: nil, at: 1)
            try transaction.putTrailChain(TrailChainState(number: 1, hash: [1]))
        }
        try await withThrowingTaskGroup(of: Void.self) { [registry, store] group in
            for daemon in [store, other] {
                group.addTask {
                    try await daemon.write { try $0.prepareDays(at: (Self.day + 100) * CodeDay.seconds) }
                    _ = try await daemon.write {
                        try registry.raiseTrailFloor(
                            to: TrailChainState(number: 1, hash: [1]), by: .user(0), at: 2, in: $0)
                    }
                    while try await daemon.write({ try registry.dropCodes(before: Self.day + 90, in: $0) }) {}
                    while try await daemon.write({ try Registry.deleteDroppedLines(in: $0) }) {}
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.read { try $0.codes(of: "p", after: nil, count: 1000) }.count == 10)
        #expect(try parts(of: "code").count == 10 + 4)
        #expect(try store.read { try $0.auditLines(after: 0, count: 9, subject: nil) }.count == 1)
    }

    @Test("waits for no reader: it drops the part later, and holds up nobody meanwhile")
    func busy() async throws {
        try await add(1, day: Self.day)
        let reader = PostgreSQLSession(place, timeout: 5000, idleMilliseconds: 3_600_000)
        try reader.begin("")
        _ = try reader.first("SELECT count(*) FROM code", []) { _ in true }
        let drop = Task { [store, registry] in
            try await store.write { try registry.dropCodes(before: Self.day + 1, in: $0) }
        }
        let error = await #expect(throws: StorageError.self) { try await drop.value }
        #expect(error?.code == .storageUnavailable)
        try await add(2, day: Self.day + 1)
        reader.rollback()
        while try await store.write({ [registry] in try registry.dropCodes(before: Self.day + 1, in: $0) }) {}
        #expect(try parts(of: "code") == ["code_\(Self.day + 1)"])
    }

    @Test("counts months as the calendar does")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for day in stride(from: UInt64(0), to: 300_000, by: 13) {
            let month = CalendarMonth(ofDay: day)
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let length = try #require(calendar.range(of: .day, in: .month, for: date)).count
            #expect(month.number == UInt64(try #require(parts.year) * 100 + #require(parts.month)))
            #expect(month.days.lowerBound + UInt64(try #require(parts.day)) == day + 1)
            #expect(month.days.count == length)
        }
        let last = PostgreSQLPart.auditLines(at: UInt64(Int64.max))
        #expect(last.end == nil && last.start.map { $0 < Int64.max } == true)
    }
}
