import TraceLog

/// A time as a `Date` field has it: IMF-fixdate (RFC 9110 §5.6.7).
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter seconds: since 1970-01-01T00:00:00Z.
    /// - Returns: the field's value.
    static func text(seconds: UInt64) -> String {
        let text = TraceEvent.utc(Int64(clamping: seconds) * 1000)
        let parts = text.split { $0 == "-" || $0 == "T" || $0 == ":" || $0 == "." || $0 == "Z" }
        guard parts.count >= 6, let month = Int(parts[1]), months.indices.contains(month - 1) else { return text }
        let day = days[Int(seconds / 86_400 % 7)]
        return "\(day), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }
}
