import Gate
import Platform
import Synchronization
import TraceLog

extension OperationError {
    /// Whether the error says that the machine's clock may not date signatures.
    package var isOfClock: Bool {
        [Code.clockBeforeCheckpoint, .clockJumped].contains { $0.rawValue == code }
    }
}

/// A time that the machine's clock may put on a signature; only ``SigningClock`` makes one.
///
/// The private keys of codes, lists and bundles are handed out for such a time alone.
struct SigningTime: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    let milliseconds: UInt64

    /// The same time in whole seconds.
    var seconds: UInt64 { milliseconds / 1000 }

    fileprivate init(_ milliseconds: UInt64) { self.milliseconds = milliseconds }
}

/// Refuses to sign while the machine's clock is before the newest log entry, or once it has jumped.
///
/// Each check compares integers, and reads one clock beside the one that the request has read.
final class SigningClock: Sendable {
    /// How far the clock may be behind the newest entry.
    ///
    /// It is the skew of gates, which differ by that much themselves. An entry that an actor signs lies up to a second
    /// ahead of a right clock.
    static let skewMilliseconds = Scene.clockSkewSecondsDefault * 1000
    /// The most that the clock may move against the time since the machine's start.
    ///
    /// No leap second, no local time set by mistake and no correction of a kept clock comes near it; a clock without a
    /// battery starts years behind.
    static let jumpMillisecondsMax: UInt64 = 86_400_000

    /// Nil where the caller names the time, which is then not judged.
    private let clocks: MachineClocks?
    /// The time of the machine's start by the wall clock, when this process began to watch; it stays while the wall
    /// clock is not moved.
    private let machineStart: Int64
    private let newestEntryMilliseconds: Atomic<UInt64>
    /// The milliseconds of the jump that ended all signing, negative for a jump back; 0 while there was none.
    private let jump = Atomic<Int64>(0)

    /// Begins to watch the clocks.
    ///
    /// - Parameters:
    ///   - clocks: the machine's clocks; nil for a caller who names the time.
    ///   - newestEntryMilliseconds: the recorded time of the log's newest entry; 0 for an empty log.
    init(_ clocks: MachineClocks?, newestEntryMilliseconds: UInt64) {
        self.clocks = clocks
        self.newestEntryMilliseconds = Atomic(newestEntryMilliseconds)
        machineStart =
            clocks.map { Self.machineStart(wall: $0.wallMilliseconds(), boot: $0.bootMilliseconds()) } ?? 0
    }

    /// The time of a signature that is made now.
    ///
    /// - Parameter now: milliseconds since 1970-01-01T00:00:00Z, read from the wall clock when the work began: entries
    ///   that were appended since are no sign of a wrong clock.
    /// - Returns: the same time, for which the private keys are handed out.
    /// - Throws: `clock_jumped` from a jump on until the process ends; `clock_before_checkpoint`.
    func time(at now: UInt64) throws(OperationError) -> SigningTime {
        guard let clocks else { return SigningTime(now) }
        try checkJump(at: now, clocks)
        let newest = newestEntryMilliseconds.load(ordering: .relaxed)
        let latest = max(now, clocks.wallMilliseconds())
        guard newest <= latest || newest - latest <= Self.skewMilliseconds else { throw Self.isBefore(newest) }
        return SigningTime(now)
    }

    /// Refuses a signature that no request asks for, a checkpoint's for instance.
    ///
    /// - Throws: as ``time(at:)``.
    func check() throws(OperationError) {
        if let clocks { _ = try time(at: clocks.wallMilliseconds()) }
    }

    /// Refuses an operation whose need the clock does not meet.
    ///
    /// - Throws: as ``time(at:)``.
    func meet(_ need: IssuerOperation.ClockNeed, at now: UInt64) throws(OperationError) {
        switch need {
        case .nothing: return
        case .noJump: if let clocks { try checkJump(at: now, clocks) }
        case .signing: _ = try time(at: now)
        }
    }

    /// The recorded time of the newest entry; nil for an empty log.
    var newestMilliseconds: UInt64? {
        let newest = newestEntryMilliseconds.load(ordering: .relaxed)
        return newest == 0 ? nil : newest
    }

    /// Takes up the recorded time of an entry, inside the transaction that appends it.
    ///
    /// A transaction that is undone leaves its time here until the next start; the clock stood there by then.
    func noteEntry(atMilliseconds time: UInt64) {
        newestEntryMilliseconds.max(time, ordering: .relaxed)
    }

    private func checkJump(at now: UInt64, _ clocks: MachineClocks) throws(OperationError) {
        let moved = Self.machineStart(wall: now, boot: clocks.bootMilliseconds()) - machineStart
        if moved.magnitude > Self.jumpMillisecondsMax {
            _ = jump.compareExchange(expected: 0, desired: moved, ordering: .relaxed)
        }
        let jump = jump.load(ordering: .relaxed)
        guard jump == 0 else { throw Self.hasJumped(by: jump) }
    }

    /// Clocks beyond the year 36,000,000 are cut off, so that no difference overflows.
    private static func machineStart(wall: UInt64, boot: UInt64) -> Int64 {
        Int64(min(wall, 1 << 60)) - Int64(min(boot, 1 << 60))
    }

    private static func isBefore(_ newest: UInt64) -> OperationError {
        let time = EventTime.text(milliseconds: Int64(clamping: newest), offsetMinutes: 0)
        return OperationError(
            code: .clockBeforeCheckpoint,
            reason: "the machine's clock is before the newest log entry, which was recorded at \(time)",
            hint: "set the clock right; if it is right, an entry was recorded by a wrong clock: stop suishend, and "
                + "name the time with `suishen --at`")
    }

    private static func hasJumped(by milliseconds: Int64) -> OperationError {
        OperationError(
            code: .clockJumped,
            reason: "the machine's clock jumped \(milliseconds > 0 ? "ahead" : "back") by "
                + "\(milliseconds.magnitude / 3_600_000) hours while the daemon ran",
            hint: "check the clock and restart suishend")
    }
}
