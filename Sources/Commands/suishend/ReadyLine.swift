/// The line that the daemon writes once it serves.
enum ReadyLine {
    /// - Parameters:
    ///   - newest: the recorded time of the log's newest entry in milliseconds since 1970-01-01T00:00:00Z; nil for an
    ///     empty log, about which nothing is said.
    ///   - now: the clock, in the same unit.
    /// - Returns: the line without its end, the length of the pause in it.
    static func text(newestMilliseconds newest: UInt64?, nowMilliseconds now: UInt64) -> String {
        guard let newest else { return "suishend: ready" }
        return newest <= now
            ? "suishend: ready; the newest log entry was recorded \(duration(now - newest)) ago"
            : "suishend: ready; the newest log entry was recorded \(duration(newest - now)) ahead of the clock"
    }

    /// `2 d 3 h`, `3 h 12 min`, `12 min 5 s` or `5 s`.
    private static func duration(_ milliseconds: UInt64) -> String {
        let seconds = milliseconds / 1000
        switch seconds {
        case 86_400...: return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
        case 3600...: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
        case 60...: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds) s"
        }
    }
}
