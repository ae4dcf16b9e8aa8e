import Synchronization

/// Limits how often each of many keys may do something, in memory with a limit.
///
/// It is a token bucket for each key, kept as one time (the generic cell rate algorithm, ITU-T I.371 Annex A): the time
/// at which the bucket is full again. A key whose bucket is full needs no memory.
package final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    private let keyCountMax: Int
    /// When each key's bucket is full again, in nanoseconds of the caller's clock.
    private let fullTimes = Mutex<[Key: UInt64]>([:])

    /// - Parameter keyCountMax: the most keys in memory. When more keys than half of it are in use at once and the
    ///   memory is full, all of them begin anew.
    package init(keyCountMax: Int) {
        self.keyCountMax = keyCountMax
    }

    /// The keys in memory.
    package var keyCount: Int { fullTimes.withLock(\.count) }

    /// Takes one from a key's bucket.
    ///
    /// - Parameters:
    ///   - key: who does it.
    ///   - pace: how often this key may; the same for a key each time.
    ///   - now: microseconds of any clock, always of the same one. Where the clock goes back, the key begins anew.
    /// - Returns: nil when one was taken; otherwise the microseconds until one can be taken, at least 1.
    package func take(_ key: Key, _ pace: Pace, atMicroseconds now: UInt64) -> UInt64? {
        let now = now.multipliedReportingOverflow(by: 1000).partialValue
        let capacity = pace.intervalNanoseconds * pace.burstCount
        return fullTimes.withLock { times in
            var full = max(times[key] ?? now, now)
            // No bucket is emptier than empty, so the clock has gone back.
            if full - now > capacity { full = now }
            let next = full + pace.intervalNanoseconds
            guard next - now <= capacity else { return max(1, (next - now - capacity + 999) / 1000) }
            if times.count >= keyCountMax, times[key] == nil { Self.makeRoom(in: &times, keyCountMax, at: now) }
            times[key] = next
            return nil
        }
    }

    /// Forgets full buckets, and all where that leaves too many, so that making room costs little on average.
    private static func makeRoom(in times: inout [Key: UInt64], _ keyCountMax: Int, at now: UInt64) {
        times = times.filter { $0.value > now }
        if times.count > keyCountMax / 2 { times = [:] }
    }
}
