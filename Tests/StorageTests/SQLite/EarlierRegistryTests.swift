import Credential
import Encoding
import Foundation
import GRDB
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

/// `first.sql` is what `sqlite3 registry.sqlite .dump` gives of a registry that the schema before "keys 1" was used
/// for: a person, an object, codes, a revocation with its reason, events, a rotated key, and idempotency keys.
@Suite("A registry of an earlier version")
struct EarlierRegistryTests {
    private static let person = "148de1c57407864f42caf2a37661bff3"
    private static let residentID = "11010519491231002X"

    private let scratch: ScratchFolder
    private let database: RegistryDatabase
    private let registry: Registry

    init() throws {
        scratch = try ScratchFolder()
        let dump = String(
            decoding: try ProjectFiles.bytes(ProjectFiles.fixtures + "/registry/first.sql"), as: UTF8.self)
        try DatabaseQueue(path: scratch("registry.sqlite")).writeWithoutTransaction { try $0.execute(sql: dump) }
        database = try RegistryDatabase(path: scratch("registry.sqlite"), cipher: ScratchRegistry.cipher())
        registry = Registry(cipher: try ScratchRegistry.cipher(), random: SystemRandom())
    }

    @Test("opens, once and again, with everything that was in it")
    func opens() throws {
        let again = try RegistryDatabase(path: scratch("registry.sqlite"), cipher: ScratchRegistry.cipher())
        for database in [database, again] {
            let lines = try database.read { try registry.auditLines(after: 0, count: 100, subject: nil, in: $0) }
            #expect(lines.map(\.number) == Array(1...7))
            let (list, shard, revoked) = try database.read { database in
                let (list, shard) = try #require(
                    try registry.statusShard(named: "SH-person-lasting", headroomCount: 0, in: database))
                return (list, shard, try registry.revokedBits(of: list, in: shard, database))
            }
            #expect(list == "SH-person-lasting" && shard.bitCount == 4096 && revoked == [2459])
            let key = try database.read { try Registry.activeKey(uses: ["person", "enterprise", "object"], in: $0) }
            #expect(key.map { Hex.encode($0.keyIdentifier) } == "17b5cf72")
        }
    }

    @Test("has the reasons of its revocations sealed, and nothing of them left in the clear")
    func reasons() throws {
        for suffix in ["", "-wal"] where ProjectFiles.exists(scratch("registry.sqlite" + suffix)) {
            let bytes = Data(try ProjectFiles.bytes(scratch("registry.sqlite" + suffix)))
            #expect(bytes.range(of: Data(Self.residentID.utf8)) == nil, "\(suffix)")
        }
        let person = try SubjectIdentifier(Self.person)
        let codes = try database.read { try registry.history(of: person, after: nil, count: 10, in: $0) }
        #expect(codes.map(\.revocationReason) == ["\(Self.residentID) lost it"])
    }

    @Test("still gives the first answer to a request that it answered before, whoever sends it again")
    func repeated() async throws {
        let time = try #require(try database.read { try UInt64.fetchOne($0.sqlite, sql: "SELECT at FROM idempotency") })
        let answer = Array("{\"subject\":\"\(Self.person)\"}".utf8)
        let request = Array("person.register\0{\"residentId\":\"\(Self.residentID)\"}".utf8)
        for uid: UInt32 in [0, 1000] {
            let first = try database.read {
                try registry.answer(toKey: "before-register", of: .user(uid), request: request, at: time + 1, in: $0)
            }
            #expect(first == answer)
        }
        let store = TraceLogStore(registry: database, fields: try ScratchRegistry.fields())
        let digest = try database.read { try Data.fetchOne($0.sqlite, sql: "SELECT digest FROM log_requests") }
        let object = try #require(ObjectID(Hex.decode("c712403232360958")))
        var event = EventRequest(
            object: object, event: .observed(TraceEvent(timeMilliseconds: 1, step: .inspecting)), actor: "")
        event.personal = try store.openings(from: 0, count: 1).openings.map(\.opening)
        event.idempotency = .init(
            key: registry.kept("before-event", of: .user(1000)),
            earlierKey: registry.keptEarlier("before-event", of: .user(1000)),
            requestDigest: Array(try #require(digest)))
        #expect(try await store.append(event, at: 1).index == 0)
        #expect(try store.count() == 3)
    }

    @Test("takes no second active key, and no key that comes back")
    func keys() async throws {
        for change in [
            "UPDATE issuerKey SET status = 'active' WHERE status = 'retired'",
            "INSERT INTO issuerKey SELECT keyIdentifier, issuer, x'00', uses, 0, 0, status, NULL FROM issuerKey "
                + "WHERE status = 'active'",
        ] {
            await #expect(throws: StorageError.self, "\(change)") {
                try await database.write { try $0.sqlite.execute(sql: change) }
            }
        }
    }
}
