/// Tells codes in the background from codes that people hold: the former do not move.
package struct StillCodes: Sendable {
    /// How long a code must stay in its place to count as background.
    package static let stillMicroseconds: UInt64 = 10_000_000
    /// The looks without a code after which it is forgotten, since seeing fails in single frames.
    private static let missedCountMax = 8
    /// The looks without a code after which it no longer keeps a gate closed.
    private static let unseenCountMax = 3
    /// The distance that counts as moved, as a fraction of the code's side; a hand moves more.
    private static let movedShare = 0.04

    /// A code at the place where its rest began.
    private struct Known {
        let place: CodePlace
        let since: UInt64
        var missedCount = 0
    }

    private var known: [Known] = []
    /// Whether the latest frame showed a code in the background.
    package private(set) var hasBackground = false

    package init() {}

    /// Takes what one frame shows.
    ///
    /// - Parameters:
    ///   - places: the places of unread codes.
    ///   - now: microseconds of a clock that never goes back.
    /// - Returns: the number of unread codes that are not background, with those that the latest few frames showed.
    package mutating func moving(_ places: [CodePlace], at now: UInt64) -> Int {
        for index in known.indices { known[index].missedCount += 1 }
        for place in places {
            if let index = known.firstIndex(where: { Self.isSame($0.place, place) }) {
                known[index].missedCount = 0
            } else {
                known.append(Known(place: place, since: now))
            }
        }
        known.removeAll { $0.missedCount > Self.missedCountMax }
        let isStill = { (code: Known) in now - code.since >= Self.stillMicroseconds }
        hasBackground = known.contains { $0.missedCount == 0 && isStill($0) }
        return known.count { $0.missedCount <= Self.unseenCountMax && !isStill($0) }
    }

    private static func isSame(_ first: CodePlace, _ second: CodePlace) -> Bool {
        let limit = max(2, first.side * movedShare)
        return zip(first.corners, second.corners).allSatisfy { one, other in
            abs(one.x - other.x) <= limit && abs(one.y - other.y) <= limit
        }
    }
}
