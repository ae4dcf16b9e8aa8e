/// How fast a disk fills, from readings of its free bytes over the last day.
package struct DiskTrend: Sendable {
    /// The time between two readings that are kept.
    static let readingSeconds: UInt64 = 600
    /// Readings of a whole day, so that quiet nights count too.
    private static let windowSeconds: UInt64 = 86_400
    /// The shortest time between two readings that tell anything: a burst of minutes does not go on for days.
    private static let leastSeconds: UInt64 = 3600

    private var readings: [(time: UInt64, freeByteCount: UInt64)] = []
    /// The newest reading.
    package private(set) var room: DiskRoom?

    package init() {}

    /// Takes a reading.
    ///
    /// - Parameters:
    ///   - room: the disk's room.
    ///   - time: seconds since 1970-01-01T00:00:00Z; a clock that was set back begins anew.
    package mutating func note(_ room: DiskRoom, at time: UInt64) {
        self.room = room
        if let last = readings.last, time < last.time { readings = [] }
        if let last = readings.last, time < last.time + Self.readingSeconds { return }
        readings.append((time, room.freeByteCount))
        while let second = readings.dropFirst().first, second.time + Self.windowSeconds <= time {
            readings.removeFirst()
        }
    }

    /// The bytes that are taken in a day, or negative bytes where more is freed; nil before an hour has passed.
    package var bytesADay: Int64? {
        guard let first = readings.first, let last = readings.last, last.time >= first.time + Self.leastSeconds else {
            return nil
        }
        let taken = Double(first.freeByteCount) - Double(last.freeByteCount)
        return Int64((taken / Double(last.time - first.time) * Double(Self.windowSeconds)).rounded())
    }

    /// The days until the disk is full; nil while it does not fill up, and before an hour has passed.
    package var fullInDays: Double? {
        guard let room, let bytesADay, bytesADay > 0 else { return nil }
        return Double(room.freeByteCount) / Double(bytesADay)
    }
}
