import TraceLog

/// A time on a page: for people by the clock in Shanghai, for programs in ISO 8601.
struct PageTime {
    private static let offsetMinutes: Int64 = 480

    /// `2026-11-24 09:02`.
    let text: String
    private let exact: String

    init(seconds: UInt64) {
        self.init(milliseconds: Int64(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue))
    }

    /// - Parameters:
    ///   - milliseconds: since 1970-01-01T00:00:00Z.
    ///   - offsetMinutes: of the clock whose time is shown.
    init(milliseconds: Int64, offsetMinutes: Int64 = offsetMinutes) {
        exact = EventTime.text(milliseconds: milliseconds, offsetMinutes: offsetMinutes)
        let zone = offsetMinutes == Self.offsetMinutes ? "" : " " + exact.suffix(6)
        text = exact.prefix(16).replacing("T", with: " ") + zone
    }

    var html: HTML { .of(.time, [.datetime(exact)], .text(text)) }
}
