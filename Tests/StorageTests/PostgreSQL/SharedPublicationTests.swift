import ObjectStorage
import Signing
import TestSupport
import Testing
import TraceLog

@testable import PostgreSQLStorage
@testable import Storage

/// Several daemons' publishers of one log, over one database and one bucket.
@Suite(
    "A log that several daemons publish", .enabled(if: PostgreSQLServer.shared != nil && S3Server.isAvailable))
struct SharedPublicationTests {
    private let place: PostgreSQLAddress
    private let key: SigningKey
    private let first: SharingDaemon
    private let second: SharingDaemon

    init() throws {
        place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        key = try SigningKey(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519)
        try PostgreSQLStore.create(
            at: place, trusting: [], installation: [UInt8](repeating: 7, count: 16), isLogPublished: true)
        let bucket = try S3Bucket()
        first = try SharingDaemon(place, bucket, key)
        second = try SharingDaemon(place, bucket, key)
        try LogPublisher.publishEmptyLog(in: first.bucket.register, origin: "log.example", key: key)
    }

    private func head() throws -> Checkpoint {
        try Checkpoint(note: #require(try second.bucket.register.head()))
    }

    private func row() throws -> SharedHead? {
        try second.store.read { try $0.sharedRows?.sharedHead(of: .trace) }
    }

    /// Audits the bucket as a stranger does, against a checkpoint of before.
    private func audit(against anchors: [Checkpoint]) async throws {
        var options = AuditOptions()
        options.key = try NoteKey(name: "log.example", kind: .ed25519, key: key.verificationKey)
        options.anchors = anchors
        let report = try await Auditor(source: TileSource(tiles: second.bucket.tiles), options: options).audit().report
        #expect(report.verdict == .intact, "\(report.findings)")
    }

    @Test(
        "is not changed by a publisher that was paused, while another one has published",
        arguments: Stop.allCases, [true, false])
    private func paused(at stop: Stop, publishesMore: Bool) async throws {
        try first.lease.renew()
        try await first.grow(to: 80)
        #expect(try await first.publisher.publish() == 80)
        try await first.grow(to: 300)
        let anchor = try head()
        first.brake.arm(stop)
        let publishing = Task { try await first.publisher.publish() }
        try await first.brake.awaitStop()
        try place.expireLease()
        try second.lease.renew()
        #expect(second.lease.term?.epoch == 2)
        if publishesMore {
            try await second.grow(to: 700)
            #expect(try await second.publisher.publish() ?? 0 >= 700)
            try await second.grow(to: 710)
            #expect(try await second.publisher.publish() ?? 0 >= 710)
        }
        let (row, head) = (try row(), try head())
        let files = try Set(first.bucket.bucket.server.keys(of: first.bucket.bucket)).filter { $0.contains("/heads/") }
        first.brake.release()
        // The entries are many chunks' worth only in service; here the paused one is the last of this call.
        let outcome = try await publishing.value
        #expect(stop.isSwapped || outcome == nil)
        #expect(try self.row() == row)
        #expect(try publishesMore ? self.head() == head : self.head().size == row?.size)
        let left = try Set(first.bucket.bucket.server.keys(of: first.bucket.bucket)).filter { $0.contains("/heads/") }
        #expect(publishesMore ? left == files : true, "\(left.symmetricDifference(files).sorted())")
        // Still sure of its lease, it goes on, and is refused without a word.
        try await second.grow(to: 720)
        #expect(try await first.publisher.publish() == nil)
        try first.lease.renew()
        #expect(try await first.publisher.publish() == nil)
        #expect(try self.row() == row)
        #expect(try await second.publisher.publish() ?? 0 >= 720)
        try await audit(against: [anchor, head])
        // The former holder takes the lease again, and goes on from the other one's tree.
        try second.lease.giveUp()
        try first.lease.renew()
        try await first.grow(to: 730)
        #expect(try await first.publisher.publish() ?? 0 >= 730)
        #expect(try self.row()?.epoch == 3)
        try await audit(against: [anchor, head])
        #expect(try await second.publisher.recover(thoroughly: true).lines.isEmpty)
    }

    @Test("is served and extended by a daemon that does not publish, which changes nothing")
    func follower() async throws {
        try first.lease.renew()
        try second.lease.renew()
        try await first.grow(to: 300)
        _ = try await first.publisher.publish()
        // Its own first use of the bucket tries the service's promises.
        try second.bucket.probe.check()
        let before = try first.bucket.requests().count
        #expect(try await second.publisher.recover(thoroughly: true).lines.isEmpty)
        try await second.grow(to: 400)
        #expect(try await second.publisher.publish() == nil)
        #expect(try await second.publisher.recover().lines.isEmpty)
        #expect(try first.bucket.requests().dropFirst(before).filter { $0.method != "GET" }.map { "\($0)" } == [])
        #expect(try head().size < 400)
        #expect(try await first.publisher.publish() ?? 0 >= 400)
        try await audit(against: [try head()])
    }

    @Test("checks out for a follower while the publisher goes on")
    func followerAmidst() async throws {
        try first.lease.renew()
        let isOver = Flag()
        let publishing = Task {
            for size in stride(from: 10 as UInt64, through: 900, by: 10) {
                try await first.grow(to: size)
                _ = try await first.publisher.publish()
            }
            isOver.set()
        }
        while !isOver.isSet {
            for isThorough in [true, false] {
                #expect(try await second.publisher.recover(thoroughly: isThorough).lines.isEmpty)
            }
        }
        try await publishing.value
    }

    @Test("has its head in the database before readers see it, and a lost copy is made by the next publisher")
    func lateCopy() async throws {
        try first.lease.renew()
        try await first.grow(to: 50)
        #expect(try await first.publisher.publish() == 50)
        for publisher in [first, second] {
            let before = try head()
            let size = before.size + 50
            try await first.grow(to: size)
            try first.bucket.bucket.order(#""fault": "503", "method": "PUT", "ends": "/checkpoint", "count": 1000"#)
            let error = await #expect(throws: LogError.self) { try await first.publisher.publish() }
            #expect(error?.code == .tilesSilent)
            #expect(try row()?.size == size && head() == before)
            try first.bucket.bucket.order(#""clear": true"#)
            if publisher.log === second.log {
                try first.lease.giveUp()
                try second.lease.renew()
            }
            // There is nothing new to publish, and readers get what is there.
            #expect(try await publisher.publisher.publish() == size)
            #expect(try head().size == size)
        }
        #expect(try row()?.epoch == 1)
        try await audit(against: [try head()])
    }

    @Test(
        "is copied once when the answer to the copy is lost",
        arguments: ["drop-after", "status-after", "write-412", "412"])
    func lostAnswer(fault: String) async throws {
        try first.lease.renew()
        try await first.grow(to: 50)
        try first.bucket.probe.check()
        try first.bucket.bucket.order(
            "\"fault\": \"\(fault)\", \"method\": \"PUT\", \"ends\": \"/checkpoint\", \"count\": 1")
        #expect(try await first.publisher.publish() == 50)
        try await first.grow(to: 90)
        #expect(try await first.publisher.publish() ?? 0 >= 90)
        try await audit(against: [try head()])
    }

    @Test("is refused an epoch that is over, though no other checkpoint was published meanwhile")
    func epochs() throws {
        try first.lease.renew()
        let held = try #require(LeasedStore(first.store))
        let register = SharedCheckpointRegister(
            log: .trace, store: held, copy: first.bucket.register, faults: { _ in })
        let present = try #require(try register.head())
        var note = SignedNote(text: Checkpoint(origin: "log.example", size: 0, root: .emptyRoot).text)
        try note.sign(name: "log.example", key: key)
        note = try SignedNote(bytes: note.bytes)
        #expect(try register.replace(expecting: present, with: note.bytes) {} == .replaced)
        try place.expireLease()
        try second.lease.renew()
        #expect(throws: LeaseLost.self) { try register.replace(expecting: note.bytes, with: present) {} }
        #expect(try row()?.bytes == note.bytes && row()?.epoch == 1)
        // The same bytes in the new epoch are taken.
        let next = SharedCheckpointRegister(
            log: .trace, store: try #require(LeasedStore(second.store)), copy: second.bucket.register,
            faults: { _ in })
        #expect(try next.replace(expecting: note.bytes, with: present) {} == .replaced)
        #expect(try row()?.epoch == 2)
        // Who expects another checkpoint is refused, and announces nothing.
        let late = try next.replace(expecting: [1], with: note.bytes) { Issue.record("announced") }
        #expect(late == .refused(present: present))
    }

    @Test("stops a publisher that holds the lease and finds another checkpoint than the daemons'")
    func interloper() async throws {
        try first.lease.renew()
        try await first.grow(to: 10)
        _ = try await first.publisher.publish()
        try place.run("UPDATE log_head SET bytes = 'x'")
        try await first.grow(to: 20)
        let error = await #expect(throws: LogError.self) { try await first.publisher.publish() }
        #expect(error?.code == .logInconsistent)
    }
}
