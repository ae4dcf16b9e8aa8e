import Glibc
import Platform

/// Shows the progress of long work on stderr when that is a terminal; silent otherwise.
package struct Progress: ~Copyable {
    private let unit: String
    private let total: Int?
    private let isShown: Bool
    private let startedAt = Progress.seconds()
    private var shownAt = 0.0
    private var doneCount = 0

    /// - Parameters:
    ///   - unit: the name of the counted things, in the plural.
    ///   - total: their number; nil where it is unknown. It is evaluated only when it is shown.
    package init(unit: String, total: @autoclosure () -> Int?) {
        self.unit = unit
        isShown = isatty(StandardStream.error.rawValue) == 1
        self.total = isShown ? total() : nil
    }

    /// Adds finished work; redraws at most ten times a second.
    package mutating func advance(by count: Int) {
        doneCount += count
        let now = Self.seconds()
        guard isShown, now - shownAt >= 0.1 else { return }
        shownAt = now
        show(at: now, end: "")
    }

    /// Draws the last state and ends the line.
    package consuming func finish() {
        if isShown { show(at: Self.seconds(), end: "\n") }
    }

    private func show(at now: Double, end: String) {
        let rate = Double(doneCount) / max(now - startedAt, 0.001)
        var line = "\r\(doneCount) \(unit), \(Int(rate)) a second"
        if let total { line += ", \(max(0, total - doneCount)) left" }
        StandardStream.error.write(line + "   " + end)
    }

    private static func seconds() -> Double {
        Double(MonotonicClock.microseconds()) / 1e6
    }
}
