import Glibc
import Platform
import Synchronization

/// Tells a wrong gate clock from holders who show old codes: old codes differ in age, but if most phones differ from
/// this machine by the same time, this machine is wrong.
///
/// A small file keeps the clock offsets of the last holders' phones. Each holder counts once, so that one holder's
/// retries or fresh credentials do not outweigh the others. Processes share the file without a lock: a lost entry does
/// no harm. A gate whose time is given reads the file and writes nothing.
package final class ClockWatch: Sendable {
    /// How many holders are remembered.
    package static let holderCount = 16
    /// The fewest holders for a warning; three quarters of the remembered holders must then agree.
    package static let holderCountMin = 5
    /// The largest distance of agreeing offsets from the median, in seconds: longer than a code is shown.
    package static let agreementSeconds: Int32 = 90
    /// The least time, in seconds, that a phone's clock must be ahead to count.
    package static let aheadSecondsMin: Int32 = 5
    /// The least age of a showing that counts, in seconds: longer than any phone shows one code.
    package static let behindSecondsMin: Int32 = 31

    /// An error of this machine's clock, in seconds.
    package struct Trouble: Sendable, Equatable {
        /// The holders' median offset: above 0, this machine is behind; below 0, it is ahead.
        package let offsetSeconds: Int32

        /// The warning in a verdict.
        package var warning: String { offsetSeconds > 0 ? "clock_behind" : "clock_ahead" }
    }

    private static let magic = Array("SPCLOCK1".utf8)
    private static let holderByteCount = 8
    private static let entryByteCount = 12
    private static let byteCount = 16 + holderCount * entryByteCount

    private struct State {
        var descriptor: Int32?
        /// The entries of a gate whose time is given; nil until the file was read.
        var entries: [Entry]?
    }

    private let path: String
    private let isTimeGiven: Bool
    private let state = Mutex(State())

    /// Watches with the file at `path`; the first note opens or makes the file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - isTimeGiven: whether time is given instead of read from the clock, so that the file is not written.
    package init(path: String, isTimeGiven: Bool = false) {
        self.path = path
        self.isTimeGiven = isTimeGiven
    }

    deinit {
        state.withLock { if let open = $0.descriptor, open >= 0 { close(open) } }
    }

    /// Notes the time on a holder's phone.
    ///
    /// - Parameter witness: from a showing whose signature or chain link is valid.
    /// - Returns: the error of this machine's clock; nil if the clock seems right, or if the file cannot be used. A
    ///   showing that nothing tells from others' changes nothing.
    package func note(_ witness: ClockWitness) -> Trouble? {
        state.withLock { state in
            let flags = isTimeGiven ? O_RDONLY : O_RDWR | O_CREAT
            if state.descriptor == nil {
                // Without O_NONBLOCK, opening a named pipe waits for a writer.
                state.descriptor = unsafe open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
            }
            guard let file = state.descriptor, file >= 0 || isTimeGiven else { return nil }
            var entries = state.entries ?? Self.read(file)
            guard let holder = witness.holder, holder.count == Self.holderByteCount else {
                return Self.trouble(entries.map(\.offset))
            }
            let number = Self.number(holder[...])
            entries.removeAll { $0.holder == number }
            entries.append((number, witness.offsetSeconds))
            if entries.count > Self.holderCount { entries.removeFirst() }
            if isTimeGiven { state.entries = entries } else { Self.write(entries, to: file) }
            return Self.trouble(entries.map(\.offset))
        }
    }

    /// What the file at `path` says of this machine's clock, for a report; nothing is changed.
    ///
    /// - Returns: the median offset of a wrong clock, 0 for a right one; nil while too few holders were seen.
    static func offsetSeconds(at path: String) -> Int64? {
        guard let file = try? RegularFile(path, byteCountMax: byteCount, followsLink: false) else { return nil }
        let offsets = read(file.descriptor).map(\.offset)
        guard offsets.count >= holderCountMin else { return nil }
        return Int64(trouble(offsets)?.offsetSeconds ?? 0)
    }

    private static func trouble(_ offsets: [Int32]) -> Trouble? {
        guard offsets.count >= holderCountMin else { return nil }
        let median = offsets.sorted()[offsets.count / 2]
        let range = Int64(median) - Int64(agreementSeconds)...Int64(median) + Int64(agreementSeconds)
        let agreeing = offsets.count { offset in
            (offset >= aheadSecondsMin || offset <= -behindSecondsMin) && (offset > 0) == (median > 0)
                && range.contains(Int64(offset))
        }
        return agreeing * 4 >= offsets.count * 3 ? Trouble(offsetSeconds: median) : nil
    }

    // Whole numbers and one buffer keep this fast: it runs for every presentation, under a lock.
    private typealias Entry = (holder: UInt64, offset: Int32)

    /// The entries, oldest first; empty for a torn file or another format.
    private static func read(_ file: Int32) -> [Entry] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        guard count == byteCount, bytes.starts(with: magic), bytes[8] <= holderCount else { return [] }
        var entries: [Entry] = []
        entries.reserveCapacity(holderCount + 1)
        for start in stride(from: 16, to: 16 + Int(bytes[8]) * entryByteCount, by: entryByteCount) {
            let offset = start + holderByteCount
            let word = UInt32(truncatingIfNeeded: number(bytes[offset..<start + entryByteCount]))
            entries.append((number(bytes[start..<offset]), Int32(bitPattern: word)))
        }
        return entries
    }

    private static func write(_ entries: [Entry], to file: Int32) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        bytes += magic
        append(UInt64(entries.count) << 56, byteCount: 8, to: &bytes)
        for entry in entries {
            append(entry.holder, byteCount: holderByteCount, to: &bytes)
            append(UInt64(UInt32(bitPattern: entry.offset)) << 32, byteCount: 4, to: &bytes)
        }
        while bytes.count < byteCount { bytes.append(0) }
        _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    /// Up to 8 bytes as a number, big-endian.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var number: UInt64 = 0
        for byte in bytes { number = number << 8 | UInt64(byte) }
        return number
    }

    /// The first bytes of a number, big-endian.
    private static func append(_ number: UInt64, byteCount: Int, to bytes: inout [UInt8]) {
        for place in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * place))) }
    }
}
