import Credential
import Dispatch
import Signing
import TestSupport
import Testing
import TraceLog

@testable import PostgreSQLStorage
@testable import Storage

/// Rules of the store over PostgreSQL alone; the suites of every store run over it too.
@Suite("A registry in PostgreSQL", .enabled(if: PostgreSQLServer.shared != nil))
struct PostgreSQLStoreTests {
    private static func place() throws -> PostgreSQLAddress { try PostgreSQLPlace.empty(PostgreSQLServer.shared) }

    private static func code(_ body: () throws -> Void) -> StorageError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    @Test("is made once, and is found missing, newer or incomplete")
    func opening() throws {
        let place = try Self.place()
        #expect(Self.code { _ = try PostgreSQLStore(readingOnly: place) } == .registryMissing)
        try PostgreSQLStore.create(at: place, trusting: [], installation: [UInt8](repeating: 7, count: 16))
        #expect(Self.code { try PostgreSQLStore.create(at: place, trusting: []) } == .registryExists)
        let (store, count) = try PostgreSQLStore.opening(at: place) { store in
            (try ScratchRegistry.cipher(), try store.position()?.commitCount)
        }
        #expect(count == 0 && store.committedPosition?.commitCount == 0)
        try place.run("INSERT INTO schemaVersion (version, usableFrom) VALUES (9, 9)")
        #expect(Self.code { _ = try PostgreSQLStore(readingOnly: place) } == .schemaNewer)
        try place.run("DELETE FROM schemaVersion WHERE version = 9; DROP TRIGGER auditKeeps ON audit")
        #expect(Self.code { _ = try PostgreSQLStore(readingOnly: place) } == .registryCorrupt)
    }

    @Test(
        "refuses a server that would acknowledge a write before it is kept",
        arguments: ["off", "local", "remote_write"])
    func weak(level: String) throws {
        let place = try Self.place()
        try PostgreSQLStore.create(at: place, trusting: [])
        let weak = try PostgreSQLAddress(url: place.url + "%20-csynchronous_commit%3D\(level)")
        let error = #expect(throws: StorageError.self) { try PostgreSQLStore(readingOnly: weak) }
        #expect(error?.code == .registryUnwritable && error?.reason.contains("synchronous_commit") == true)
        let strong = try PostgreSQLAddress(url: place.url + "%20-csynchronous_commit%3Dremote_apply")
        _ = try PostgreSQLStore(readingOnly: strong)
    }

    @Test("keeps its rules against whoever else writes to the database")
    func rules() async throws {
        let place = try Self.place()
        try PostgreSQLStore.create(
            at: place,
            trusting: [
                IssuerKeyRecord(
                    keyIdentifier: [1, 2, 3, 4], issuer: "SH", spki: [1], uses: ["person"], notBefore: 1, expiresAt: 9,
                    status: .compromised, retiredAt: 2)
            ])
        let store = try PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher())
        try await store.write { transaction in
            try transaction.insertAuditLine(uid: 0, action: "a", subject: "b", detail: nil, at: 1)
            try transaction.putIssuedCount(.init(day: 7, count: 7), of: 1, form: "a")
            try transaction.putEpochKey(EpochKeyRecord(number: 1, mark: [1], status: .destroyed))
        }
        let schema = try #require(place.url.split(separator: "%3D").last)
        let refused = [
            "DELETE FROM audit", "UPDATE audit SET subject = ''", "TRUNCATE audit",
            "UPDATE issuerKey SET status = 'active'", "UPDATE epochKey SET status = 'live'",
            "UPDATE epochKey SET mark = ''", "UPDATE issuedCount SET count = 6", "UPDATE issuedCount SET day = 6",
            "DELETE FROM issuedCount", "TRUNCATE issuedCount",
        ]
        for statement in refused {
            #expect(throws: MissingFile.self, "\(statement)") {
                try PostgreSQLServer.shared?.run("SET search_path = \(schema); \(statement)")
            }
        }
        #expect(try store.read { try $0.auditLines(after: 0, count: 9, subject: "B") }.count == 1)
    }

    @Test("gives each index, each place in the log and each audit number once, though two daemons write")
    func together() async throws {
        let place = try Self.place()
        try PostgreSQLStore.create(at: place, trusting: [], installation: [UInt8](repeating: 7, count: 16))
        let stores = try (0..<2).map { _ in try PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher()) }
        let registry = try Registry(cipher: ScratchRegistry.cipher(), random: SystemRandom())
        let list = StoreStep.lists[0]
        let writes = (0..<400).map { number in
            stores[number % 2].submit(isLine: false) { transaction in
                try transaction.insertAuditLine(uid: 0, action: "a", subject: "b", detail: nil, at: 1)
                let entry = try transaction.newestEntry().map { $0.index + 1 } ?? 0
                try transaction.appendEntry(
                    StoredEntry(index: entry, leafHash: .emptyRoot, bytes: [1]),
                    head: ObjectHead(
                        object: StoreStep.objects[1], sequence: entry, link: .init(leafHash: .emptyRoot, index: entry)),
                    recordedAtMilliseconds: 1)
                return (try registry.takeStatusIndex(in: list, in: transaction), entry)
            }
        }
        var (indices, entries): (Set<UInt64>, Set<UInt64>) = ([], [])
        for write in writes {
            let (index, entry) = try await write.value()
            indices.insert(index)
            entries.insert(entry)
        }
        #expect(indices.count == 400 && entries == Set(0..<400))
        let lines = try stores[0].read { try $0.auditLines(after: 0, count: 1000, subject: nil) }
        #expect(lines.map(\.number) == Array(1...400))
        // Each daemon knows the count of its own newest commit.
        let counts = stores.compactMap { $0.committedPosition?.commitCount }
        #expect(try stores[1].read { try $0.position() }?.commitCount == counts.max())
    }

    @Test("takes no URI with a password, and shows none")
    func addresses() throws {
        let refused = [
            "postgresql://user:hunter2@host/db", "postgresql://host/db?password=hunter2", "file:///hunter2",
            "postgresql://host/db?sslpassword=hunter2", "postgresql://host:hunter2/db?nonsense=1", "host=a",
            "postgresql://host/" + String(repeating: "a", count: 5000), "postgresql://user:%68unter2@host/db",
        ]
        for url in refused {
            let error = #expect(throws: StorageError.self) { try PostgreSQLAddress(url: url) }
            #expect(error?.code == .storageURLInvalid)
            #expect(error.map { "\($0)" }?.contains("hunter2") == false)
        }
        let address = try PostgreSQLAddress(url: "postgresql://suishen@a,b,c:5433/registry?sslmode=verify-full")
        #expect(address.place == "a,b,c/registry")
        _ = try PostgreSQLAddress(url: "postgres://user@%2Frun%2Fpostgresql/db")
    }

    @Test("numbers the marks of a statement")
    func marks() {
        #expect(PostgreSQLSession.numbered("a = ? AND b IN (?, ?)") == "a = $1 AND b IN ($2, $3) ")
        #expect(PostgreSQLSession.numbered("a > ?1 OR ?1 IS NULL LIMIT ?12") == "a > $1 OR $1 IS NULL LIMIT $12 ")
        #expect(PostgreSQLSession.numbered("a = ?") == "a = $1 ")
    }

    @Test("settles one commit in one way for ever")
    func settlement() throws {
        let place = try Self.place()
        try PostgreSQLStore.create(at: place, trusting: [])
        let session = PostgreSQLSession(place, timeout: 5000)
        let (missing, kept) = (try WriteBatch(random: SystemRandom()), try WriteBatch(random: SystemRandom()))
        try session.begin("")
        try kept.insert(session)
        try session.commit()
        for _ in 0..<2 {
            #expect(missing.settled(session) == false)
            #expect(kept.settled(session) == true)
        }
        // The transaction that was found missing comes late: it is refused.
        try session.begin("")
        try missing.insert(session)
        #expect(throws: StorageError.self) { try session.flush() }
    }

    @Test("asks the server for the rows of many changes at once")
    func foreseen() async throws {
        let place = try Self.place()
        try PostgreSQLStore.create(at: place, trusting: [], installation: [UInt8](repeating: 7, count: 16))
        let store = try PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher())
        let registry = Registry(cipher: try ScratchRegistry.cipher(), random: SystemRandom())
        let uscc = try USCC("91350100M000100Y43")
        _ = try await store.write { try registry.registerEnterprise(uscc, name: "a", at: 1, in: $0) }
        var tripCounts: [Int] = []
        for count in [8, 256] {
            // The first change waits, so that the others share the next commit.
            let gate = DispatchSemaphore(value: 0)
            let before = store.roundTripCount
            let first = store.submit { _ in gate.wait() }
            let writes = (0..<count).map { number in
                var reads = ForeseenReads(.enterprise(uscc))
                reads.answerKeys = ["\(number)"]
                return store.submit(isLine: false, reads: reads) { transaction in
                    _ = try transaction.keptAnswer(toKeys: ("\(number)", "\(number)"))
                    _ = try registry.subject(.enterprise(uscc), in: transaction)
                    try transaction.putAnswer(
                        KeptAnswer(key: "\(number)", requestDigest: [1], sealedAnswer: [2], time: 1_000_000))
                    _ = try transaction.deleteAnswers(until: 1, countMax: 10)
                }
            }
            gate.signal()
            try await first.value()
            for write in writes { try await write.value() }
            tripCounts.append(store.roundTripCount - before)
        }
        // 31 times as many changes take hardly more exchanges with the server.
        #expect(tripCounts[0] > 3 && tripCounts[1] < tripCounts[0] + 8, "\(tripCounts)")
    }
}
