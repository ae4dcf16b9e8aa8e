/// The end of the time for a picture.
struct Deadline: Sendable {
    private let microseconds: (@Sendable () -> UInt64)?
    private let end: UInt64

    /// A deadline that never ends.
    static let none = Deadline(microseconds: nil, end: 0)

    private init(microseconds: (@Sendable () -> UInt64)?, end: UInt64) {
        self.microseconds = microseconds
        self.end = end
    }

    /// Ends `budget` microseconds from now, by a clock that never goes back.
    init(after budget: UInt64, by microseconds: @escaping @Sendable () -> UInt64) {
        let (end, overflows) = microseconds().addingReportingOverflow(budget)
        self.init(microseconds: microseconds, end: overflows ? .max : end)
    }

    /// The end of a fraction of the remaining time.
    func share(_ fraction: UInt64) -> Deadline {
        guard let microseconds else { return self }
        return Deadline(after: remaining / fraction, by: microseconds)
    }

    var isOver: Bool { remaining == 0 }

    /// The remaining microseconds.
    var remaining: UInt64 {
        guard let microseconds else { return .max }
        let now = microseconds()
        return now < end ? end - now : 0
    }
}
