import Storage
import Synchronization

/// The readings of the audit trail that are under way, so that all pages of one reading get one line in the trail.
///
/// A line for each page would add to the pages that follow, and a reader would never come to the end.
final class TrailReadings: Sendable {
    /// What a caller reads: the lines about one subject, or all of them for nil.
    struct Reading: Hashable {
        let caller: CallerIdentity
        let subject: String?
    }

    private struct Place {
        /// The number of the last line that was answered.
        let number: UInt64
        /// Seconds since 1970-01-01T00:00:00Z.
        let time: UInt64
    }

    /// The longest time between two pages of one reading.
    static let pauseSecondsMax: UInt64 = 600
    private static let countMax = 1024

    private let places = Mutex<[Reading: Place]>([:])

    /// Whether a page begins where the reading's last page has ended a short time ago.
    func isUnderWay(_ reading: Reading, after number: UInt64, at now: UInt64) -> Bool {
        places.withLock { places in
            guard number > 0, let place = places[reading], place.number == number else { return false }
            return place.time <= now && now - place.time <= Self.pauseSecondsMax
        }
    }

    /// Notes the last line of a page; too many readings at once are all forgotten, and get another line each.
    func note(_ reading: Reading, upTo number: UInt64, at now: UInt64) {
        places.withLock { places in
            if places.count >= Self.countMax, places[reading] == nil { places.removeAll() }
            places[reading] = Place(number: number, time: now)
        }
    }
}
