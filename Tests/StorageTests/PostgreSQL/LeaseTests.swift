import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import PostgreSQLStorage
@testable import Storage

/// The lease of several daemons over one database.
@Suite("The lease of daemons that share a registry", .enabled(if: PostgreSQLServer.shared != nil))
struct LeaseTests {
    private let place: PostgreSQLAddress
    private let stores: [PostgreSQLStore]

    init() throws {
        let place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        try PostgreSQLStore.create(at: place, trusting: [], installation: [UInt8](repeating: 7, count: 16))
        self.place = place
        stores = try (0..<2).map { _ in try PostgreSQLStore(at: place, times: PostgreSQLPlace.patientTimes) }
    }

    private func lease(_ number: Int) throws -> any StoreLease { try #require(stores[number].lease) }

    @Test("is held by one at a time, and its epoch rises with the holder alone")
    func oneHolder() throws {
        let (first, second) = (try lease(0), try lease(1))
        #expect(first.term == nil && second.term == nil)
        for _ in 0..<3 {
            try first.renew()
            try second.renew()
            #expect(first.term?.epoch == 1 && second.term == nil)
        }
        try first.giveUp()
        #expect(first.term == nil)
        try second.renew()
        try first.renew()
        #expect(second.term?.epoch == 2 && first.term == nil)
        #expect(second.term?.holder.count == 16)
        // Giving up what another daemon holds changes nothing.
        try first.giveUp()
        try second.renew()
        #expect(second.term?.epoch == 2)
    }

    @Test("ends by the database's clock, whatever its holder thinks")
    func expiry() throws {
        let (first, second) = (try lease(0), try lease(1))
        try first.renew()
        try place.expireLease()
        #expect(first.term?.epoch == 1)
        try second.renew()
        #expect(second.term?.epoch == 2)
        try first.renew()
        #expect(first.term == nil)
        var times = PostgreSQLTimes()
        times.lease = 300
        let brief = try #require(PostgreSQLStore(at: place, times: times).lease)
        try second.giveUp()
        try brief.renew()
        #expect(brief.term?.epoch == 3)
        try second.renew()
        #expect(second.term == nil)
        usleep(400_000)
        #expect(brief.term == nil)
        try second.renew()
        #expect(second.term?.epoch == 4)
    }

    @Test("is asked for in each change of its holder's work, also in changes after one that was refused")
    func changes() async throws {
        try lease(0).renew()
        let held = try #require(LeasedStore(stores[0]))
        #expect(LeasedStore(stores[1]) == nil)
        try await held.write { try $0.raiseCounter("a", to: 1) }
        try place.expireLease()
        // Nobody else has taken it yet.
        try await held.write { try $0.raiseCounter("a", to: 2) }
        #expect(try !held.isOver(after: StorageError.diskFull))
        try lease(1).renew()
        for _ in 0..<2 {
            await #expect(throws: LeaseLost.self) { try await held.write { try $0.raiseCounter("a", to: 3) } }
            #expect(throws: (any Error).self) { try held.changeAtOpening { try $0.raiseCounter("a", to: 3) } }
        }
        #expect(try held.isOver(after: StorageError.diskFull))
        #expect(try stores[1].read { try $0.counter("a") } == 2)
        // The lease that comes back is another term, and work of the earlier one stays refused.
        try lease(1).giveUp()
        try lease(0).renew()
        await #expect(throws: LeaseLost.self) { try await held.write { try $0.raiseCounter("a", to: 3) } }
        try await #require(LeasedStore(stores[0])).write { try $0.raiseCounter("a", to: 4) }
        #expect(try stores[1].read { try $0.counter("a") } == 4)
    }

    @Test("changes its holder only after a change that has asked for it, and is renewed meanwhile")
    func heldOff() async throws {
        try lease(0).renew()
        let held = try #require(LeasedStore(stores[0]))
        try place.expireLease()
        let asked = Flag()
        let goesOn = Flag()
        let write = held.submit(isLine: false) { transaction in
            try transaction.raiseCounter("a", to: 1)
            // The server ends a transaction that asks nothing.
            repeat {
                _ = try transaction.counter("a")
                asked.set()
                usleep(20_000)
            } while !goesOn.isSet
        }
        try await asked.wait()
        let isTaken = Flag()
        let isOver = Flag()
        Thread.detachNewThread { [second = try lease(1)] in
            if (try? second.renew()) != nil { isTaken.set() }
            isOver.set()
        }
        try await Task.sleep(for: .milliseconds(300))
        #expect(!isTaken.isSet)
        goesOn.set()
        try await write.value()
        try await isOver.wait()
        // On a busy machine the wait for the change may have been given up.
        try lease(1).renew()
        #expect(try lease(1).term?.epoch == 2)
    }

    @Test("is renewed while its holder's change is under way")
    func renewedAmidst() async throws {
        try lease(0).renew()
        let held = try #require(LeasedStore(stores[0]))
        let isRenewed = Flag()
        let asked = Flag()
        // A thread of its own renews in time, however busy the machine is.
        Thread.detachNewThread { [lease = try lease(0)] in
            while !asked.isSet { usleep(1000) }
            if (try? lease.renew()) != nil { isRenewed.set() }
        }
        let write = held.submit(isLine: false) { transaction in
            try transaction.raiseCounter("a", to: 1)
            for round in 0..<1500 where !isRenewed.isSet {
                _ = try transaction.counter("a")
                if round == 0 { asked.set() }
                usleep(20_000)
            }
            return isRenewed.isSet
        }
        #expect(try await write.value())
        #expect(try stores[0].read { try $0.sharedRows?.leaseTerm() }?.epoch == 1)
    }

    @Test("counts no commit of the registry, so that an idle installation writes no beat")
    func uncounted() async throws {
        try await stores[0].write { try $0.raiseCounter("a", to: 1) }
        let before = try stores[0].position()
        for _ in 0..<3 { try lease(0).renew() }
        #expect(try stores[0].position() == before)
    }

    @Test("is kept by rules against whoever else writes to the database")
    func rules() throws {
        try lease(0).renew()
        let refused = [
            "UPDATE log_lease SET epoch = 0", "UPDATE log_lease SET holder = 'x'", "DELETE FROM log_lease",
            "TRUNCATE log_lease", "INSERT INTO log_lease VALUES (1, 9, 'x', now())",
        ]
        for statement in refused {
            #expect(throws: MissingFile.self, "\(statement)") { try place.run(statement) }
        }
        try place.run("INSERT INTO log_head VALUES ('log', 5, 1, 'x')")
        for statement in ["UPDATE log_head SET size = 4", "DELETE FROM log_head", "TRUNCATE log_head"] {
            #expect(throws: MissingFile.self, "\(statement)") { try place.run(statement) }
        }
    }

    @Test("comes to a registry of the first version with its tables")
    func upgrade() throws {
        let place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        try PostgreSQLStore.create(at: place, trusting: [])
        try place.goBackToFirstVersion()
        let lease = try #require(PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher()).lease)
        try lease.renew()
        #expect(lease.term?.epoch == 1)
        #expect(try place.run("SELECT max(version) FROM schemaVersion") == "2\n")
    }
}

/// A mark that one thread sets and another one sees.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }

    /// Waits without holding a thread, of which a small machine has few.
    ///
    /// - Throws: after two minutes, since what sets the flag may have ended without it.
    func wait() async throws {
        for _ in 0..<12_000 where !isSet { try await Task.sleep(for: .milliseconds(10)) }
        try #require(isSet)
    }
}

extension PostgreSQLAddress {
    /// Runs statements in the address's schema.
    @discardableResult
    func run(_ sql: String) throws -> String {
        let schema = try #require(url.split(separator: "%3D").last)
        return try #require(PostgreSQLServer.shared).run("SET search_path = \(schema); \(sql)")
    }

    /// Lets the lease end, as its holder's pause would.
    func expireLease() throws { try run("UPDATE log_lease SET expires = '-infinity'") }
}
