import Encoding
import IssuerTestSupport
import Synchronization
import Testing

@testable import Issuing

/// What a daemon tells of its room.
@Suite("Capacity")
struct CapacityTests {
    private static let gigabyte: UInt64 = 1_000_000_000

    private static func trend(_ readings: [(minutes: UInt64, gigabytes: UInt64)]) -> DiskTrend {
        var trend = DiskTrend()
        for (minutes, gigabytes) in readings {
            trend.note(
                DiskRoom(freeByteCount: gigabytes * gigabyte, byteCount: 1000 * gigabyte), at: 1_000_000 + minutes * 60)
        }
        return trend
    }

    @Test("is not foretold before an hour has passed")
    func early() {
        let trend = Self.trend([(0, 100), (59, 90)])
        #expect(trend.bytesADay == nil && trend.fullInDays == nil && trend.room?.freeByteCount == 90 * Self.gigabyte)
        #expect(Self.trend([(0, 100), (60, 100)]).bytesADay == 0)
    }

    @Test("is foretold from the last day's readings")
    func day() throws {
        // A gigabyte an hour, and 76 are left.
        let filling = Self.trend((0...24).map { ($0 * 60, 100 - $0) })
        #expect(filling.bytesADay == Int64(24 * Self.gigabyte))
        #expect(try #require(filling.fullInDays) == 76.0 / 24)
        // Two quiet days after it: nothing fills any more.
        let quiet = Self.trend((0...24).map { ($0 * 60, 100 - $0) } + (25...72).map { ($0 * 60, 76) })
        #expect(quiet.bytesADay == 0 && quiet.fullInDays == nil)
        // More is freed than taken.
        #expect(Self.trend([(0, 100), (120, 200)]).fullInDays == nil)
        // A clock that was set back begins anew.
        #expect(Self.trend([(600, 100), (0, 90), (30, 80)]).bytesADay == nil)
    }

    @Test("is in the answer about health, and a disk that fills within a week is warned of")
    func health() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let capacity = try #require(try await service.ask(.health, [:])["capacity"])
        #expect(capacity["registryBytes"]?.integer ?? 0 > 4096)
        let disks = capacity["disks"]?.array ?? []
        #expect(disks.compactMap { $0["place"]?.string } == ["state", "log", "acts"])
        #expect(disks.allSatisfy { $0["freeBytes"]?.integer ?? 0 > 0 && $0["fullInDays"] == .null })
        #expect(service.diskWarnings.isEmpty)
        service.lookedAt.withLock { $0.standing.disks[0].trend = Self.trend([(0, 100), (60, 99)]) }
        #expect(service.diskWarnings.map(\.code) == ["disk_fills"])
        let warnings = try await service.ask(.health, [:])["warnings"]?.array ?? []
        #expect(warnings.contains { $0["code"] == "disk_fills" })
        withExtendedLifetime(installation) {}
    }

    @Test("of the logs counts what was published since the first look, and says when all of it was")
    func logs() async throws {
        let run = try ActsInstallation()
        // The first pass publishes the list of issued codes, and the acts with it.
        try await run.keep(at: ActsInstallation.start)
        run.service.look(at: 5)
        #expect(run.service.standing.isStorageUp == true)
        let object = try await run.object()
        _ = try await run.issue(object)
        try await run.service.keepActs(atMilliseconds: ActsInstallation.start * 1000, chainsTrail: true)
        run.service.look(at: 10)
        let behind = try #require(run.service.standing.logs.first { $0.name == "acts" })
        #expect(behind.currentAt < 10 && behind.publishedByteCount == 0)
        try await run.service.actsLog.publish()
        run.service.look(at: 20)
        let current = try #require(run.service.standing.logs.first { $0.name == "acts" })
        #expect(current.currentAt == 20)
        // The installation has no checkpoint of the log before its first publication.
        #expect(current.publishedByteCount > 100 || behind.size == nil)
        #expect(run.service.standing.keyEnds.map(\.name).contains("issuer"))
    }
}
