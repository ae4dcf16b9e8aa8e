/// The page's clock, the module's one import; it limits the work on a film's frame.
enum PageClock {
    /// Microseconds of a clock that never goes back.
    static func microseconds() -> UInt64 { UInt64(max(0, now()) * 1_000) }
}

/// `performance.now()`: milliseconds since the page began.
@_extern(wasm, module: "page", name: "now")
private func now() -> Double
