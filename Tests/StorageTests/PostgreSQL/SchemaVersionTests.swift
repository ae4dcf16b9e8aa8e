import Dispatch
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import PostgreSQLStorage
@testable import Storage

/// Programs of two versions over one database; SQL plays the later one.
@Suite("Tables of a registry in PostgreSQL that two versions use", .enabled(if: PostgreSQLServer.shared != nil))
struct SchemaVersionTests {
    private static let upgradeLock =
        "SELECT pg_advisory_xact_lock(hashtext('suishen schema ' || current_schema())); SELECT 1 FROM writerTurn FOR UPDATE"
    /// Adds a column to two tables that programs write, and a table.
    private static let expansion = """
        \(upgradeLock);
        ALTER TABLE audit ADD COLUMN later text; ALTER TABLE counter ADD COLUMN later bigint;
        CREATE TABLE later (number bigint PRIMARY KEY);
        INSERT INTO schemaVersion (version, usableFrom) VALUES (3, 2)
        """
    /// Removes what this version uses.
    private static let contraction = """
        \(upgradeLock); ALTER TABLE offer RENAME COLUMN code TO later;
        INSERT INTO schemaVersion (version, usableFrom) VALUES (3, 3)
        """

    private let place: PostgreSQLAddress

    init() throws {
        place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        try PostgreSQLStore.create(at: place, trusting: [], installation: [UInt8](repeating: 7, count: 16))
    }

    private func open() throws -> PostgreSQLStore {
        try PostgreSQLStore(at: place, times: PostgreSQLPlace.patientTimes)
    }

    /// Every twentieth line of the trail begins a month, which needs a new part of the table.
    private static func line(_ number: Int) -> @Sendable (any StoreTransaction) throws -> Void {
        { transaction in
            try transaction.insertAuditLine(
                uid: 0, action: "a", subject: "\(number)", detail: nil, at: UInt64(number / 20) * 2_700_000)
            try transaction.raiseCounter("a", to: UInt64(number))
        }
    }

    private static func code(_ body: () async throws -> Void) async -> StorageError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    private func subjects(in store: PostgreSQLStore) throws -> [String] {
        try store.read { try $0.auditLines(after: 0, count: 100_000, subject: nil) }.map(\.subject)
    }

    @Test("are used on after an expansion, by a program that runs and by one that starts")
    func expanded() async throws {
        let running = try open()
        let isExpanded = Flag()
        let writing = Task {
            var count = 0
            while !isExpanded.isSet || count < 20 {
                count += 1
                try await running.write(Self.line(count))
            }
            return count
        }
        try await Task.sleep(for: .milliseconds(200))
        try place.run(Self.expansion)
        isExpanded.set()
        let count = try await writing.value
        let started = try open()
        let others = [running, started, try PostgreSQLStore(readingOnly: place)]
        for (number, store) in others.enumerated() {
            try await store.write(Self.line(count + number + 1))
            #expect(try store.read { try $0.counter("a") } == UInt64(count + number + 1))
        }
        #expect(try subjects(in: started) == (1...count + others.count).map(String.init))
        try #require(started.lease).renew()
        #expect(started.lease?.term?.epoch == 1)
        #expect(try place.run("SELECT max(version) FROM schemaVersion") == "3\n")
        // Each part that this version knows is asked for still.
        try place.run("DROP TRIGGER auditKeeps ON audit")
        #expect(await Self.code { _ = try open() } == .registryCorrupt)
    }

    @Test("are refused after a contraction: by each change of a program that runs, and at a start")
    func contracted() async throws {
        let running = try open()
        let lease = try #require(running.lease)
        try lease.renew()
        let held = try #require(LeasedStore(running))
        let writing = Task {
            var kept: [String] = []
            while true {
                // Several share a commit.
                let numbers = (1...8).map { kept.count + $0 }
                let writes = numbers.map { (number: $0, write: running.submit(isLine: false, Self.line($0))) }
                var code: StorageError.Code?
                for (number, write) in writes {
                    let own = await Self.code { try await write.value() }
                    if own == nil { kept.append("\(number)") } else { code = own }
                }
                if let code { return (kept: kept, code: code) }
            }
        }
        try await Task.sleep(for: .milliseconds(200))
        try place.run(Self.contraction)
        let (kept, code) = await writing.value
        #expect(code == .schemaNewer && !kept.isEmpty)
        for store in [running, held] as [any RegistryStore] {
            #expect(await Self.code { try await store.write(Self.line(500)) } == .schemaNewer)
            #expect(await Self.code { try store.changeAtOpening(Self.line(500)) } == .schemaNewer)
        }
        // What was acknowledged is there, and nothing else; lists are still read.
        #expect(try subjects(in: running) == kept)
        #expect(try running.position() == running.committedPosition)
        #expect(await Self.code { _ = try open() } == .schemaNewer)
        #expect(await Self.code { _ = try PostgreSQLStore(readingOnly: place) } == .schemaNewer)
        #expect(await Self.code { try PostgreSQLStore.create(at: place, trusting: []) } == .registryExists)
    }

    @Test("take the lease from a program that cannot use them, at once")
    func lease() async throws {
        let lease = try #require(open().lease)
        try lease.renew()
        #expect(lease.term?.epoch == 1)
        try place.run(Self.contraction)
        for _ in 0..<2 {
            #expect(await Self.code { try lease.renew() } == .schemaNewer)
            #expect(lease.term == nil)
        }
        // The program of the later version need not wait for the lease's end.
        try place.run("UPDATE log_lease SET epoch = 2, holder = 'x', expires = 'infinity' WHERE expires < now()")
        #expect(await Self.code { try lease.renew() } == .schemaNewer)
        #expect(try place.run("SELECT epoch FROM log_lease WHERE holder = 'x'") == "2\n")
    }

    @Test("let a change under way end before they are contracted, and refuse the next one")
    func amidst() async throws {
        let running = try open()
        let (asked, goesOn, isContracted) = (Flag(), Flag(), Flag())
        let first = running.submit(isLine: false) { transaction in
            try Self.line(1)(transaction)
            repeat {
                _ = try transaction.counter("a")
                asked.set()
                usleep(20_000)
            } while !goesOn.isSet
        }
        let second = running.submit(isLine: false, Self.line(2))
        try await asked.wait()
        DispatchQueue(label: "test").async { [place] in
            if (try? place.run(Self.contraction)) != nil { isContracted.set() }
        }
        try await Task.sleep(for: .milliseconds(300))
        #expect(!isContracted.isSet)
        goesOn.set()
        try await first.value()
        let code = await Self.code { try await second.value() }
        try await isContracted.wait()
        #expect(code == nil || code == .schemaNewer)
        #expect(await Self.code { try await running.write(Self.line(3)) } == .schemaNewer)
        #expect(try Set(subjects(in: running)) == (code == nil ? ["1", "2"] : ["1"]))
    }

    @Test("tell a read of what they lack that a later version has changed them")
    func read() async throws {
        let running = try open()
        try await running.write(Self.line(1))
        try place.run("ALTER TABLE counter RENAME COLUMN value TO later")
        #expect(await Self.code { _ = try running.read { try $0.counter("a") } } == .schemaNewer)
        #expect(try subjects(in: running) == ["1"])
    }

    @Test("are upgraded once by programs that start together")
    func together() throws {
        try place.goBackToFirstVersion()
        let openCount = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 4) { [place] _ in
            do {
                _ = try PostgreSQLStore(at: place, times: PostgreSQLTimes())
                openCount.add(1, ordering: .relaxed)
            } catch {
                Issue.record("\(error)")
            }
        }
        #expect(openCount.load(ordering: .relaxed) == 4)
        let found = try place.run("SELECT version, usableFrom FROM schemaVersion ORDER BY version")
        #expect(found == "1|1\n2|2\n")
        #expect(try place.run("SELECT usableFrom FROM writerTurn") == "2\n")
    }

    @Test("are upgraded amidst long transactions, and earlier programs go on meanwhile")
    func longTransactions() async throws {
        try place.goBackToFirstVersion()
        let earlier = try PostgreSQLStore(readingOnly: place)
        let long = PostgreSQLSession(place, timeout: 60_000, idleMilliseconds: 3_600_000)
        try long.begin("")
        try long.runNow("LOCK TABLE gate IN ROW EXCLUSIVE MODE")
        var times = PostgreSQLTimes()
        times.upgradeTries = 300
        #expect(await Self.code { _ = try PostgreSQLStore(at: place, times: times) } == .upgradeFailed)
        #expect(try place.run("SELECT max(version) FROM schemaVersion; SELECT usableFrom FROM writerTurn") == "1\n1\n")
        // Among many other tests, the writes below take longer than an upgrade waits in service.
        times.upgradeTries = 3_600_000
        let (isUpgraded, isOver) = (Flag(), Flag())
        Thread.detachNewThread { [place, times] in
            if (try? PostgreSQLStore(at: place, times: times)) != nil { isUpgraded.set() }
            isOver.set()
        }
        for number in 1...20 {
            try await earlier.write(Self.line(number))
            _ = try earlier.read { try $0.gates(after: nil, count: 1) }
            try await Task.sleep(for: .milliseconds(40))
        }
        #expect(!isOver.isSet)
        long.rollback()
        try await isOver.wait()
        #expect(isUpgraded.isSet)
        try await earlier.write(Self.line(21))
        #expect(try subjects(in: earlier).count == 21)
        #expect(try place.run("SELECT max(version) FROM schemaVersion; SELECT usableFrom FROM writerTurn") == "2\n2\n")
    }
}

extension PostgreSQLAddress {
    /// Takes the second version's tables away.
    func goBackToFirstVersion() throws {
        try run(
            """
            DROP TABLE log_lease, log_head; DROP FUNCTION noteChange CASCADE;
            DELETE FROM schemaVersion WHERE version = 2; UPDATE writerTurn SET usableFrom = 1
            """)
    }
}
