import Credential
import Signing
import Testing
import TraceLog

@testable import Storage

/// What ends by its retention, on every store that there is.
@Suite("A store's old rows")
struct RetentionTests {
    private static let firstDay: UInt64 = 20_000
    private static let days = firstDay..<firstDay + 100

    private static func registry() throws -> Registry {
        try Registry(cipher: ScratchRegistry.cipher(), random: SystemRandom())
    }

    private static func list(_ day: UInt64?) -> StatusListReference {
        StatusListReference(issuer: "SH", form: .person, day: day)
    }

    /// A code of a day, in the day's list; nil for a lasting one.
    private static func code(_ identifier: [UInt8], day: UInt64?, index: UInt64) -> IssuedCodeRecord {
        let start = (day ?? firstDay) * CodeDay.seconds
        return IssuedCodeRecord(
            id: identifier, subject: "p", form: .person, kind: .signed, list: list(day), statusIndex: index,
            actor: nil, actorIndex: nil, issuedAt: start + 9, expiresAt: day.map { _ in start + 9 + CodeDay.seconds },
            keyIdentifier: [1, 2, 3, 4])
    }

    private static func timed(_ identifier: [UInt8], day: UInt64) -> IssuedCodeRecord {
        IssuedCodeRecord(
            id: identifier, subject: "p", form: .person, kind: .timed, list: nil, statusIndex: nil, actor: nil,
            actorIndex: nil, issuedAt: day * CodeDay.seconds, expiresAt: day * CodeDay.seconds + 120,
            keyIdentifier: [1, 2, 3, 4])
    }

    /// Two codes in each day's list, the second one revoked, and one without a list.
    private static func fill(_ store: any RegistryStore, _ registry: Registry) async throws {
        for day in days {
            try await store.write { transaction in
                for number: UInt8 in 0..<2 {
                    let index = try registry.takeStatusIndex(in: list(day), in: transaction)
                    try transaction.insertCode(code([number, UInt8(day - firstDay)], day: day, index: index))
                    guard number == 1 else { continue }
                    _ = try registry.revoke(
                        [StatusPlace(list: list(day).name, index: index)], reason: "lost", at: 1, in: transaction)
                }
                try transaction.insertCode(timed([9, UInt8(day - firstDay)], day: day))
            }
        }
        try await store.write { transaction in
            let index = try registry.takeStatusIndex(in: list(nil), in: transaction)
            try transaction.insertCode(code([7], day: nil, index: index))
            _ = try registry.revoke(
                [StatusPlace(list: list(nil).name, index: index)], reason: nil, at: 1, in: transaction)
            try registry.raiseStatusFloor(of: list(firstDay).name, to: 1, in: transaction)
        }
    }

    private static func drop(before day: UInt64, _ registry: Registry, in store: any RegistryStore) async throws {
        while try await store.write({ try registry.dropCodes(before: day, in: $0) }) {}
    }

    @Test("are dropped with their day, and nothing else is", arguments: Backend.available)
    func codes(backend: Backend) async throws {
        let opened = try backend.open()
        let (store, registry) = (opened.store, try Self.registry())
        try await Self.fill(store, registry)
        let revocationCount = try store.read { try registry.revocationCount(in: $0) }
        #expect(revocationCount == 101)
        let firstKept = Self.firstDay + 70
        try await Self.drop(before: firstKept, registry, in: store)
        let codes = try store.read { try $0.codes(of: "p", after: nil, count: 1000) }.map(\.code)
        #expect(codes.count == 30 * 3 + 1)
        #expect(codes.allSatisfy { $0.expiresAt.map { $0 > firstKept * CodeDay.seconds } ?? true })
        #expect(codes.filter { $0.revokedAt != nil }.count == 30 + 1)
        try store.read { snapshot in
            let names = try registry.statusListNames(in: snapshot)
            let kept = [nil] + (firstKept..<Self.days.upperBound).map(Optional.some)
            #expect(names == kept.map { Self.list($0).name }.sorted())
            // A dropped list is unknown, and is not shown as a list without revocations.
            #expect(
                try registry.statusShard(
                    named: Self.list(firstKept - 1).name, headroomCount: 4096, in: snapshot) == nil)
            #expect(try registry.revocationCount(in: snapshot) == revocationCount)
            #expect(try snapshot.statusFloor(named: Self.list(Self.firstDay).name) == nil)
        }
        // Again, and with an earlier day: nothing is left to do, and the first day does not go back.
        try await Self.drop(before: Self.firstDay, registry, in: store)
        #expect(try store.read { try $0.codes(of: "p", after: nil, count: 1000) }.count == 91)
    }

    @Test("free no status index", arguments: Backend.available)
    func indices(backend: Backend) async throws {
        let opened = try backend.open()
        let (store, registry) = (opened.store, try Self.registry())
        try await Self.fill(store, registry)
        let kept = Self.list(Self.firstDay + 70)
        try await Self.drop(before: Self.firstDay + 70, registry, in: store)
        for day in [Self.firstDay, Self.firstDay + 69] {
            let error = await #expect(throws: StorageError.self) {
                try await store.write { try registry.takeStatusIndex(in: Self.list(day), in: $0) }
            }
            #expect(error?.code == .statusListFull && error?.hint.contains("clock") == true)
        }
        let taken = try store.read { try $0.codes(of: "p", after: nil, count: 1000) }
            .filter { $0.code.list == kept.name }.compactMap(\.code.statusIndex)
        let next = try await store.write { transaction in
            try (0..<5000).map { _ in try registry.takeStatusIndex(in: kept, in: transaction) }
        }
        #expect(taken.count == 2 && Set(next + taken).count == 5002)
    }

    @Test("stay while a code outlasts its day, with all that its list has", arguments: Backend.available)
    func outlasting(backend: Backend) async throws {
        let opened = try backend.open()
        let (store, registry) = (opened.store, try Self.registry())
        let list = Self.list(Self.firstDay)
        try await store.write { transaction in
            let index = try registry.takeStatusIndex(in: list, in: transaction)
            try transaction.insertCode(
                IssuedCodeRecord(
                    id: [1], subject: "p", form: .person, kind: .signed, list: list, statusIndex: index, actor: nil,
                    actorIndex: nil, issuedAt: Self.firstDay * CodeDay.seconds,
                    expiresAt: (Self.firstDay + 3) * CodeDay.seconds, keyIdentifier: [1, 2, 3, 4]))
            _ = try registry.revoke(
                [StatusPlace(list: list.name, index: index)], reason: nil, at: 1, in: transaction)
        }
        try await Self.drop(before: Self.firstDay + 50, registry, in: store)
        let (revocations, lists) = try store.read {
            (
                try $0.codes(of: "p", after: nil, count: 9).map(\.code.revokedAt),
                try registry.statusListNames(in: $0)
            )
        }
        #expect(revocations == [1] && lists == [list.name])
    }

    @Test("tell the first day that stays from the retention")
    func firstKept() {
        let now = Self.firstDay * CodeDay.seconds + 7
        let first = CodeDay.firstKept(at: now, retentionDays: 30)
        // The last code of the day before has ended thirty days ago at least, and that of the first kept day has not.
        #expect(CodeDay.end(of: first - 1) + 30 * CodeDay.seconds <= now)
        #expect(CodeDay.end(of: first) + 30 * CodeDay.seconds > now)
        #expect(CodeDay.firstKept(at: 5 * CodeDay.seconds, retentionDays: 30) == 0)
        #expect(CodeDay.end(of: .max) == .max)
    }

    @Test(
        "of the trail go up to a line that the log states, and no number is given twice", arguments: Backend.available)
    func trail(backend: Backend) async throws {
        let opened = try backend.open()
        let (store, registry) = (opened.store, try Self.registry())
        try await store.write { transaction in
            for number: UInt64 in 1...20 {
                try transaction.insertAuditLine(
                    uid: 0, action: "note", subject: "\(number)", detail: nil, at: number * 40 * CodeDay.seconds)
            }
            try transaction.putTrailChain(TrailChainState(number: 10, hash: [1]))
        }
        #expect(try store.read { try $0.firstAuditNumber(after: 0, since: 300 * CodeDay.seconds) } == 8)
        for above: UInt64 in [11, 20] {
            await #expect(throws: StorageError.self) {
                try await store.write { transaction in
                    try transaction.raiseTrailFloor(to: TrailChainState(number: above, hash: [2]))
                }
            }
        }
        let floor = TrailChainState(number: 8, hash: [3])
        let isRaised = try await store.write {
            try registry.raiseTrailFloor(to: floor, by: .user(0), at: 9, in: $0)
        }
        let isRaisedAgain = try await store.write {
            try registry.raiseTrailFloor(to: floor, by: .user(0), at: 9, in: $0)
        }
        #expect(isRaised && !isRaisedAgain)
        await #expect(throws: StorageError.self) {
            try await store.write { try $0.raiseTrailFloor(to: TrailChainState(number: 7, hash: [3])) }
        }
        while try await store.write({ try Registry.deleteDroppedLines(in: $0) }) {}
        try store.read { snapshot in
            let lines = try snapshot.auditLines(after: 0, count: 100, subject: nil)
            #expect(lines.map(\.number) == Array(9...21))
            #expect(lines.last?.action == TrailDrop.action && lines.last?.detail == #"{"through":8}"#)
            #expect(try snapshot.trailFloor() == floor)
        }
        // Every line is dropped, and the next one gets a new number.
        try await store.write { try $0.putTrailChain(TrailChainState(number: 21, hash: [4])) }
        try await store.write { try $0.raiseTrailFloor(to: TrailChainState(number: 21, hash: [4])) }
        while try await store.write({ try Registry.deleteDroppedLines(in: $0) }) {}
        try await store.write {
            try $0.insertAuditLine(uid: 0, action: "note", subject: "", detail: nil, at: 5)
        }
        #expect(try store.read { try $0.auditLines(after: 0, count: 9, subject: nil) }.map(\.number) == [22])
    }
}
