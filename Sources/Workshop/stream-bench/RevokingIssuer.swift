import Glibc
import Gate

/// Exports one generation after another into a gate's folder; every second one revokes codes.
struct RevokingIssuer: Sendable {
    /// The number of codes that a revoking generation revokes.
    static let revokedAtOnce = 20
    /// The time within which a verdict must rest on a new generation.
    private static let useDelayNanosecondsMax: UInt64 = 30_000_000_000

    let station: Station
    let folder: String
    let at: UInt64
    /// The number of generations after the first.
    let count: Int
    let revocations: Revocations

    private static let firstList = Station.list(of: StationCommand.dailyCodeCount)

    func exportFirst() throws {
        try export(0, Self.firstList)
    }

    /// Exports the later generations, each after a verdict has rested on the previous one.
    ///
    /// - Returns: for each, the nanoseconds until a verdict rested on it; fewer values if a verdict never did.
    /// - Throws: when a generation cannot be written.
    func exportOthers() throws -> [UInt64] {
        var (list, delays) = (Self.firstList, [UInt64]())
        guard waitUntilUsed(0, since: Feed.nanoseconds()) else { return delays }
        for generation in 0..<count {
            let revoked = generation % 2 == 0 ? Self.revoked(by: generation / 2) : []
            revoked.forEach { list[$0] = true }
            revocations.exportBegins(revoking: revoked, at: Feed.nanoseconds())
            try export(generation + 1, list)
            let exportedAt = Feed.nanoseconds()
            revocations.exportEnded(revoking: revoked, at: exportedAt)
            guard waitUntilUsed(generation + 1, since: exportedAt) else { return delays }
            delays.append(Feed.nanoseconds() - exportedAt)
        }
        return delays
    }

    /// Waits until a verdict has rested on a generation; false if that takes too long.
    private func waitUntilUsed(_ generation: Int, since begin: UInt64) -> Bool {
        while revocations.newestVersion < Self.version(generation) {
            guard Feed.nanoseconds() - begin < Self.useDelayNanosecondsMax else { return false }
            usleep(2000)
        }
        return true
    }

    /// Codes that only this generation revokes; every second code is never revoked.
    private static func revoked(by number: Int) -> [Int] {
        (0..<revokedAtOnce).map { (number * revokedAtOnce + $0) * 2 + 1 }
    }

    private static func version(_ generation: Int) -> UInt64 { UInt64(generation + 1) }

    /// Exports a generation; its time rises with its number up to `at`, because the gate's clock stands still.
    private func export(_ generation: Int, _ list: StatusList) throws {
        let issuedAt = at - UInt64(count - generation)
        try BundleFolder.write(
            station.bundle(version: Self.version(generation), issuedAt: issuedAt, list), into: folder)
    }
}
