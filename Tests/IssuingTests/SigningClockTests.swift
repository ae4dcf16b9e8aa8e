import Encoding
import IssuerTestSupport
import Issuing
import Platform
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("The clock by which an issuer signs")
struct SigningClockTests {
    private static let day: Int64 = 86_400_000
    private static let object: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "park"]

    private let installation: Installation
    private let clocks = MovedClocks()

    init() throws {
        installation = try Installation()
    }

    /// One request by the clocks; gives the code of its refusal, or nil.
    @discardableResult
    private func ask(
        _ operation: IssuerOperation, _ body: JSONValue, _ service: IssuingService, key: String? = nil
    ) async throws -> String? {
        do throws(OperationError) {
            _ = try await service.perform(
                operation, body,
                by: .init(uid: 1000, grants: .everything, nowMilliseconds: clocks.wall, idempotencyKey: key))
            return nil
        } catch {
            #expect(!error.hint.isEmpty)
            return error.code
        }
    }

    /// A subject to issue codes to, and an entry in the log that is recorded now.
    private func subject(_ service: IssuingService) async throws -> JSONValue {
        let answer = try await service.ask(.registerObject, Self.object, at: clocks.wall / 1000)
        let subject = try #require(answer["subject"])
        #expect(try await ask(.appendEvent, ["object": subject, "step": "inspecting"], service) == nil)
        return subject
    }

    @Test("may move by a day against the time since the machine's start", arguments: [day, -day])
    func underADay(move: Int64) async throws {
        let service = try installation.open(clocks.both)
        let subject = try await service.ask(.registerObject, Self.object)["subject"]
        clocks.move(wall: move)
        #expect(try await ask(.issue, ["subject": subject ?? .null], service) == nil)
        #expect(service.clockObstacle(atMilliseconds: clocks.wall) == nil)
    }

    @Test("ends all signing when it jumps by more, until the next start", arguments: [day + 1, -day - 1])
    func jump(by move: Int64) async throws {
        let person: JSONValue = ["residentId": "11010519491231002X"]
        do {
            let service = try installation.open(clocks.both)
            let subject = try await subject(service)
            let order: JSONValue = ["subject": subject]
            #expect(try await ask(.issue, order, service) == nil)
            clocks.move(wall: move)
            #expect(try await ask(.issue, order, service) == "clock_jumped")
            // Going back does not tell which time was right.
            clocks.move(wall: -move)
            #expect(try await ask(.issue, order, service) == "clock_jumped")
            #expect(try await ask(.exportBundle, [:], service) == "clock_jumped")
            #expect(try await ask(.revoke, ["target": subject], service) == "clock_jumped")
            #expect(try await ask(.health, [:], service) == "clock_jumped")
            let publication = await #expect(throws: OperationError.self) { try await service.log.publish() }
            #expect(publication?.code == "clock_jumped" && publication?.errorClass == .later)
            #expect(publication?.hint == "check the clock and restart suishend")
            #expect(try await ask(.registerPerson, person, service) == nil)
            #expect(try await ask(.objectHistory, ["object": subject], service) == nil)
            clocks.move(wall: move)
        }
        // After the restart only the log's time counts.
        let service = try installation.open(clocks.both)
        #expect(try await ask(.exportBundle, [:], service) == (move < 0 ? "clock_before_checkpoint" : nil))
    }

    @Test("adds up what it moves, so that many small steps are a jump")
    func steps() async throws {
        let service = try installation.open(clocks.both)
        for hours in [23, 1] as [Int64] {
            clocks.move(wall: hours * 3_600_000)
            #expect(try await ask(.exportBundle, [:], service) == nil)
        }
        clocks.move(wall: 1)
        #expect(try await ask(.exportBundle, [:], service) == "clock_jumped")
    }

    @Test("may go on after a suspension, whose time both clocks count")
    func suspension() async throws {
        let service = try installation.open(clocks.both)
        clocks.move(wall: 30 * Self.day, boot: 30 * Self.day)
        #expect(try await ask(.exportBundle, [:], service) == nil)
    }

    @Test("may be slewed: 500 millionths, as adjtime(3) does, for a year")
    func slew() async throws {
        let service = try installation.open(clocks.both)
        for _ in 0..<365 {
            clocks.move(wall: Self.day + 43_200, boot: Self.day)
            #expect(service.clockObstacle(atMilliseconds: clocks.wall) == nil)
        }
        #expect(try await ask(.exportBundle, [:], service) == nil)
    }

    @Test("may be 15 seconds behind the newest entry, and no more")
    func behind() async throws {
        let service = try installation.open(clocks.both)
        let order: JSONValue = ["subject": try await subject(service)]
        clocks.move(wall: -15_000)
        #expect(try await ask(.issue, order, service) == nil)
        clocks.move(wall: -1)
        #expect(try await ask(.issue, order, service) == "clock_before_checkpoint")
        let publication = await #expect(throws: OperationError.self) { try await service.log.publish() }
        #expect(publication?.code == "clock_before_checkpoint" && publication?.errorClass == .later)
        #expect(publication?.reason.contains("2027-01-15T08:00:00.000+00:00") == true)
        clocks.move(wall: 1)
        #expect(try await ask(.issue, order, service) == nil)
        #expect(try await service.log.publish() == 1)
    }

    @Test("does not sign the entries that a crash left, nor a last statement, while it is behind")
    func unpublished() async throws {
        let empty = try ProjectFiles.bytes(installation.state.log + "/checkpoint")
        do {
            let service = try installation.open(clocks.both)
            _ = try await subject(service)
        }
        clocks.move(wall: -3_600_000)
        let service = try installation.open(clocks.both)
        let start = await #expect(throws: OperationError.self) { try await service.log.start() }
        #expect(start?.code == "clock_before_checkpoint")
        #expect(try ProjectFiles.bytes(installation.state.log + "/checkpoint") == empty)
        clocks.move(wall: 3_600_000)
        #expect(try await service.log.publish() == 1)
        clocks.move(wall: -3_600_000)
        let end = await #expect(throws: OperationError.self) {
            try await service.log.finish(atMilliseconds: clocks.wall)
        }
        #expect(end?.code == "clock_before_checkpoint")
        #expect(try service.log.store.count() == 1)
    }

    @Test("ends no kept answer once it has jumped")
    func keptAnswers() async throws {
        for isWatched in [true, false] {
            let installation = try Installation()
            let service = try installation.open(isWatched ? clocks.both : nil)
            let time = clocks.wall
            let first = try await service.ask(.registerObject, Self.object, at: time / 1000, key: "once")
            clocks.move(wall: 3 * Self.day)
            let readCount = clocks.readCount
            let upkeep = Task { [clocks] in
                await service.upkeepContinually(nowMilliseconds: clocks.countedWall, report: { _ in })
            }
            while clocks.readCount == readCount { await Task.yield() }
            // A pass that has begun is carried out to its end.
            upkeep.cancel()
            await upkeep.value
            clocks.move(wall: -3 * Self.day)
            let again = try await service.ask(.registerObject, Self.object, at: time / 1000, key: "once")
            #expect((again == first) == isWatched)
        }
    }
}

/// Both clocks of a machine, as a test moves them.
private final class MovedClocks: Sendable {
    private struct Times {
        var wall: Int64 = 1_800_000_000_000
        var boot: Int64 = 5_000_000
        var readCount = 0
    }

    private let times = Mutex(Times())

    var wall: UInt64 { UInt64(times.withLock(\.wall)) }

    /// How often ``countedWall()`` was called.
    var readCount: Int { times.withLock(\.readCount) }

    @Sendable
    func countedWall() -> UInt64 {
        times.withLock { $0.readCount += 1 }
        return wall
    }

    var both: MachineClocks {
        MachineClocks(wallMilliseconds: { self.wall }, bootMilliseconds: { UInt64(self.times.withLock(\.boot)) })
    }

    /// Moves the clocks by milliseconds.
    func move(wall: Int64, boot: Int64 = 0) {
        times.withLock {
            $0.wall += wall
            $0.boot += boot
        }
    }
}
