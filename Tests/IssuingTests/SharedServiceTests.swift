import Encoding
import Gate
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@testable import Issuing

@Suite("Daemons that share a registry", .enabled(if: SharingInstallations.isAvailable))
struct SharedServiceTests {
    private static let start: UInt64 = 1_800_000_000
    private static let list: JSONValue = ["list": "SH-object-lasting"]
    private let shared: SharingInstallations
    private let first: IssuingService
    private let second: IssuingService
    private let keeper: LeaseKeeper

    init() throws {
        shared = try SharingInstallations()
        first = try shared.installations[0].open()
        second = try shared.installations[1].open()
        keeper = LeaseKeeper(first)
    }

    private func bridge(at service: IssuingService) async throws -> JSONValue {
        let object: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "elevator"]
        return try #require(try await service.ask(.registerObject, object)["subject"])
    }

    private func recordEvents(_ count: Int, of object: JSONValue, at service: IssuingService) async throws {
        for _ in 0..<count {
            _ = try await service.ask(.appendEvent, ["object": object, "step": "inspecting"])
        }
    }

    /// The size of the checkpoint that a daemon serves.
    private func served(by service: IssuingService) async throws -> UInt64 {
        let note = try #require(try await service.ask(.describeLog, [:])["checkpoint"]?.string)
        return try Checkpoint(note: Array(note.utf8)).size
    }

    private func revokedCount(_ list: JSONValue = list, at service: IssuingService) async throws -> Int {
        let request = try RequestFields(list, operation: .statusList)
        let answer = try await service.answer(
            .statusList, request, by: .init(uid: 1, grants: .everything, nowMilliseconds: Self.start * 1000))
        return try StatusListToken(answer.bytes[...]) { _ in true }.list.revokedIndices.count
    }

    /// Lets the lease pass from one to the other, as after a pause.
    private func passLease(to service: IssuingService) throws {
        try keeper.hold(service) {
            try shared.expireLease()
            try service.database.lease?.renew()
        }
    }

    @Test("have one that publishes, and the other one takes events and serves them, without a word of error")
    func following() async throws {
        #expect(first.isHolder && !second.isHolder)
        #expect(try await second.log.start().isEmpty && second.log.isReady)
        #expect(try await second.log.publish() == nil)
        let object = try await bridge(at: first)
        try await recordEvents(3, of: object, at: second)
        #expect(try await second.log.publish() == nil)
        #expect(try await served(by: second) == 0)
        #expect(try await first.log.publish() == 3)
        try await Task.sleep(for: .milliseconds(1100))
        #expect(try await served(by: second) == 3)
        try await second.log.finish(atMilliseconds: Self.start * 1000)
        #expect(try first.log.store.count() == 3)
        #expect(second.log.trouble == nil && second.log.fault == nil)
    }

    @Test("hand the publishing over at once, and never serve a lower checkpoint")
    func handOver() async throws {
        let object = try await bridge(at: first)
        try await recordEvents(3, of: object, at: first)
        _ = try await first.log.publish()
        try await recordEvents(2, of: object, at: first)
        try await first.log.finish(atMilliseconds: Self.start * 1000)
        try keeper.hold(nil)
        await first.giveUpLease()
        try keeper.hold(second) { try second.database.lease?.renew() }
        #expect(second.isHolder && !first.isHolder)
        let size = try await served(by: first)
        #expect(size > 5)
        try await recordEvents(4, of: object, at: first)
        #expect(try await first.log.publish() == nil)
        #expect(try await second.log.publish() == size + 4)
        #expect(try await [size, size + 4].contains(served(by: first)))
        try await Task.sleep(for: .milliseconds(1100))
        #expect(try await served(by: first) == size + 4)
    }

    @Test("show a revocation by one in the other's list within a second, and a new key too")
    func revocations() async throws {
        let object = try await bridge(at: first)
        _ = try await first.ask(.issue, ["subject": object])
        #expect(try await revokedCount(at: second) == 0)
        for count in 1...3 {
            let kept = try await bridge(at: first)
            _ = try await second.ask(.issue, ["subject": kept])
            #expect(try await revokedCount(at: second) == count - 1)
            _ = try await first.ask(.revoke, ["target": kept])
            try await Task.sleep(for: .milliseconds(400))
            #expect(try await revokedCount(at: second) == count)
        }
        // What nobody changed is not signed again.
        let counts = try second.sharedChanges.counts(of: second.database)
        _ = try await first.ask(.issue, ["subject": object])
        try await Task.sleep(for: .milliseconds(400))
        #expect(try second.sharedChanges.counts(of: second.database).lists == counts.lists)
        let gates = try second.sharedChanges.counts(of: second.database).gates
        try shared.run("UPDATE issuerKey SET retiredAt = retiredAt")
        try await Task.sleep(for: .milliseconds(400))
        #expect(try second.sharedChanges.counts(of: second.database).lists > counts.lists)
        #expect(try second.sharedChanges.counts(of: second.database).gates == gates)
    }

    @Test("publish another one's revocation also where the own commits came right after it")
    func revokedBeforeOwnCommit() async throws {
        let objects = [try await bridge(at: first), try await bridge(at: second)]
        _ = try await second.ask(.issue, ["subject": objects[1]])
        _ = try first.follow()
        _ = try await second.ask(.revoke, ["target": objects[1]])
        _ = try await first.ask(.issue, ["subject": objects[0]])
        let published = try #require(first.knownPosition())
        let known = first.keptLists.changeCommitCount
        try await Task.sleep(for: .milliseconds(400))
        _ = try first.follow()
        let newest = first.keptLists.changeCommitCount
        #expect(newest == known || newest > published.commitCount)
    }

    @Test("keep the acts and issued codes once, and the work of a term that is over changes nothing")
    func acts() async throws {
        let object = try await bridge(at: first)
        for _ in 0..<5 { _ = try await second.ask(.issue, ["subject": object]) }
        func count() throws -> UInt64 { try first.actsLog.store.count() }
        let before = try count()
        let later = (Self.start + 300) * 1000
        try await second.keepActs(atMilliseconds: later, chainsTrail: true)
        #expect(try count() == before)
        try await first.keepActs(atMilliseconds: later, chainsTrail: true)
        let after = try count()
        #expect(after > before)
        #expect(try first.actsLog.files.tiles.read(IssuedStatement.indexPath) != nil)
        // One that was paused in the midst of its work.
        let outcome: Bool? = try await first.asHolder { held in
            try passLease(to: second)
            try await TrailChain(database: held, acts: first.acts).extend(atMilliseconds: later + 60_000)
            return true
        }
        #expect(outcome == nil)
        #expect(try count() == after)
        await #expect(throws: StorageError.self) {
            _ = try await second.asHolder { _ in throw StorageError.diskFull } as Bool?
        }
        _ = try await second.ask(.issue, ["subject": object])
        try await second.keepActs(atMilliseconds: later + 120_000, chainsTrail: true)
        #expect(try count() > after)
        #expect(try await second.actsLog.publish() == count())
    }

    @Test("take each other's nonces, and know the time of each other's entries")
    func nonces() async throws {
        let nonce = try first.proofNonces.make(atMilliseconds: Self.start * 1000)
        try second.proofNonces.check(nonce, atMilliseconds: Self.start * 1000)
        let object = try await bridge(at: first)
        let newest = second.newestEntryMilliseconds
        _ = try await first.ask(.appendEvent, ["object": object, "step": "inspecting"], at: Self.start + 50)
        try await Task.sleep(for: .milliseconds(300))
        try second.follow()
        #expect(second.newestEntryMilliseconds ?? 0 > newest ?? 0)
        #expect(second.newestEntryMilliseconds == (Self.start + 50) * 1000)
    }

    @Test("have one that keeps the gates' tree, which shows a revocation by the other one")
    func tree() async throws {
        let shared = try SharingInstallations { settings, _, folder in settings.publish = folder("tree") }
        let services = try shared.installations.map { try $0.open() }
        let keeper = LeaseKeeper(services[0])
        let object = try await bridge(at: services[1])
        let text = try #require(try await services[1].ask(.issue, ["subject": object])["text"]?.string)
        let loops = services.map { service in
            Task {
                await service.publishContinually(as: 0, nowMilliseconds: { Self.start * 1000 }) { error in
                    Issue.record("\(error)")
                }
            }
        }
        // The list itself is made anew once a day; until then the hot list has what was revoked.
        func revoked() throws -> Int? {
            let path = shared.installations[0].folder("tree/status/hot")
            guard ProjectFiles.exists(path) else { return nil }
            let hot = try HotListToken(ProjectFiles.bytes(path)[...]) { _ in true }
            return hot.revoked.reduce(0) { $0 + $1.bits.count }
        }
        func waits(_ condition: () throws -> Bool) async throws -> Bool {
            for _ in 0..<2400 {
                if try condition() { return true }
                try await Task.sleep(for: .milliseconds(50))
            }
            return false
        }
        #expect(!text.isEmpty)
        #expect(try await waits { try revoked() == 0 })
        _ = try await services[1].ask(.revoke, ["target": object])
        #expect(try await waits { try revoked() == 1 })
        #expect(!ProjectFiles.exists(shared.installations[1].folder("tree")))
        // The other one goes on once it holds the lease.
        try keeper.hold(nil)
        await services[0].giveUpLease()
        try keeper.hold(services[1]) { try services[1].database.lease?.renew() }
        #expect(try await waits { ProjectFiles.exists(shared.installations[1].folder("tree/bundle.cbor")) })
        for loop in loops {
            loop.cancel()
            await loop.value
        }
    }
}
