/// When the time for a picture is over.
struct Deadline: Sendable {
    private let microseconds: (@Sendable () -> UInt64)?
    private let end: UInt64

    /// Never over.
    static let none = Deadline(microseconds: nil, end: 0)

    private init(microseconds: (@Sendable () -> UInt64)?, end: UInt64) {
        self.microseconds = microseconds
        self.end = end
    }

    /// Over so many microseconds from now, by a clock that never goes back.
    init(after budget: UInt64, by microseconds: @escaping @Sendable () -> UInt64) {
        let (end, isFar) = microseconds().addingReportingOverflow(budget)
        self.init(microseconds: microseconds, end: isFar ? .max : end)
    }

    var isOver: Bool { remaining == 0 }

    /// Microseconds that are left.
    var remaining: UInt64 {
        guard let microseconds else { return .max }
        let now = microseconds()
        return now < end ? end - now : 0
    }
}
