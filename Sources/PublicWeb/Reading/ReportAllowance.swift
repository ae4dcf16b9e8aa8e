import Synchronization

/// How many reports are taken a minute, and of one object an hour.
final class ReportAllowance: Sendable {
    private struct Window {
        var begin = 0
        var count = 0

        /// Counts one more in a window that begins anew when it is over; false where the window is full.
        mutating func take(at milliseconds: Int, length: Int, countMax: Int) -> Bool {
            if count == 0 || milliseconds - begin >= length { (begin, count) = (milliseconds, 0) }
            guard count < countMax else { return false }
            count += 1
            return true
        }
    }

    private struct State {
        var all = Window()
        var objects: [[UInt8]: Window] = [:]
    }

    /// More objects in an hour clear the counts of all, which the limit a minute still bounds.
    private static let objectCountMax = 10_000

    private let state = Mutex(State())

    /// Counts a report; false where there are too many.
    func take(_ object: [UInt8], at milliseconds: Int) -> Bool {
        state.withLock { state in
            if state.objects.count >= Self.objectCountMax { state.objects = [:] }
            return state.objects[object, default: Window()].take(
                at: milliseconds, length: ReportOutbox.objectWindowMilliseconds,
                countMax: ReportOutbox.countAnObjectMax)
                && state.all.take(at: milliseconds, length: 60_000, countMax: ReportOutbox.countAMinuteMax)
        }
    }
}
