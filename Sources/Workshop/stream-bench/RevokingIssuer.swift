import Glibc
import Gate

/// Exports one generation after another into a gate's folder; every second one revokes codes.
struct RevokingIssuer: Sendable {
    /// Codes that a generation revokes, if it does.
    static let revokedAtOnce = 20
    /// How long a generation may take until a verdict rests on it.
    private static let takingUpNanosecondsMax: UInt64 = 30_000_000_000

    let station: Station
    let folder: String
    let at: UInt64
    /// How many generations follow the first.
    let count: Int
    let revocations: Revocations

    private static let firstList = Station.list(of: StationCommand.dailyCodeCount)

    func exportFirst() throws {
        try export(0, Self.firstList)
    }

    /// Exports the others, each once a verdict has rested on the one before; the gate begins with the first.
    ///
    /// - Returns: how long each took until a verdict rested on it, in nanoseconds; fewer where one never did.
    /// - Throws: when a generation cannot be written.
    func exportOthers() throws -> [UInt64] {
        var (list, delays) = (Self.firstList, [UInt64]())
        guard isTakenUp(0, since: Feed.nanoseconds()) else { return delays }
        for generation in 0..<count {
            let revoked = generation % 2 == 0 ? Self.revoked(by: generation / 2) : []
            revoked.forEach { list[$0] = true }
            revocations.exportBegins(revoking: revoked, at: Feed.nanoseconds())
            try export(generation + 1, list)
            let exportedAt = Feed.nanoseconds()
            revocations.exportEnded(revoking: revoked, at: exportedAt)
            guard isTakenUp(generation + 1, since: exportedAt) else { return delays }
            delays.append(Feed.nanoseconds() - exportedAt)
        }
        return delays
    }

    /// Waits until a verdict has rested on a generation; false where none does in time.
    private func isTakenUp(_ generation: Int, since begin: UInt64) -> Bool {
        while revocations.newestVersion < Self.version(generation) {
            guard Feed.nanoseconds() - begin < Self.takingUpNanosecondsMax else { return false }
            usleep(2000)
        }
        return true
    }

    /// Codes that only this generation revokes; every second code is never revoked.
    private static func revoked(by number: Int) -> [Int] {
        (0..<revokedAtOnce).map { (number * revokedAtOnce + $0) * 2 + 1 }
    }

    private static func version(_ generation: Int) -> UInt64 { UInt64(generation + 1) }

    /// Times rise up to `at` from one generation to the next, since the gate's clock stands.
    private func export(_ generation: Int, _ list: StatusList) throws {
        let issuedAt = at - UInt64(count - generation)
        try BundleFolder.write(
            station.bundle(version: Self.version(generation), issuedAt: issuedAt, list), into: folder)
    }
}
