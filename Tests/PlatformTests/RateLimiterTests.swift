import Platform
import Testing

@Suite("A limiter of rates")
struct RateLimiterTests {
    private static let pace = Pace(4, burstCount: 3)

    @Test("takes a burst at once, then one for each interval, and says how long to wait for the next")
    func burst() throws {
        let limiter = RateLimiter<String>(keyCountMax: 8)
        func take(_ now: UInt64) -> UInt64? { limiter.take("a", Self.pace, atMicroseconds: now) }
        #expect((0..<3).allSatisfy { _ in take(1_000_000) == nil })
        #expect(take(1_000_000) == 250_000)
        #expect(take(1_100_000) == 150_000)
        // One that was refused costs nothing.
        #expect(take(1_249_999) == 1)
        #expect(take(1_250_000) == nil)
        #expect(take(1_250_000) == 250_000)
        #expect((0..<3).allSatisfy { _ in take(9_000_000) == nil })
        #expect(take(9_000_000) != nil)
    }

    @Test("allows the average and no more, however unevenly it is asked", arguments: [1, 7, 40, 1000])
    func average(stepMilliseconds: UInt64) {
        let limiter = RateLimiter<Int>(keyCountMax: 8)
        let pace = Pace(10, burstCount: 20)
        var count = 0
        for now in stride(from: UInt64(0), through: 100_000, by: Int(stepMilliseconds)) {
            for _ in 0..<30 where limiter.take(1, pace, atMicroseconds: now * 1000) == nil { count += 1 }
        }
        #expect((1000...1020).contains(count), "\(count)")
    }

    @Test("counts each key alone")
    func keys() {
        let limiter = RateLimiter<Int>(keyCountMax: 100)
        for key in 0..<50 {
            #expect((0..<3).allSatisfy { _ in limiter.take(key, Self.pace, atMicroseconds: 5) == nil })
            #expect(limiter.take(key, Self.pace, atMicroseconds: 5) != nil)
        }
    }

    @Test("keeps few keys in memory: full buckets go first, and all begin anew where too many are in use")
    func memory() {
        let limiter = RateLimiter<Int>(keyCountMax: 100)
        for key in 0..<10_000 {
            // Each bucket is full again before the next key comes.
            #expect(limiter.take(key, Self.pace, atMicroseconds: UInt64(key) * 250_000) == nil)
        }
        #expect(limiter.keyCount <= 100)
        let busy = RateLimiter<Int>(keyCountMax: 100)
        for key in 0..<10_000 { #expect(busy.take(key, Self.pace, atMicroseconds: 1) == nil) }
        #expect(busy.keyCount <= 100)
        let kept = RateLimiter<Int>(keyCountMax: 100)
        // Twenty keys that use their burst stay known while others come and go.
        for key in 0..<20 { for _ in 0..<3 { _ = kept.take(key, Pace(1, in: 60, burstCount: 3), atMicroseconds: 1) } }
        for key in 100..<300 { _ = kept.take(key, Self.pace, atMicroseconds: UInt64(key) * 10_000) }
        #expect((0..<20).allSatisfy { kept.take($0, Pace(1, in: 60, burstCount: 3), atMicroseconds: 4_000_000) != nil })
    }

    @Test("lets nobody wait for a clock that went back")
    func clock() {
        let limiter = RateLimiter<Int>(keyCountMax: 8)
        for _ in 0..<3 { _ = limiter.take(1, Self.pace, atMicroseconds: 1_000_000_000_000) }
        #expect(limiter.take(1, Self.pace, atMicroseconds: 1_000_000) == nil)
    }
}
