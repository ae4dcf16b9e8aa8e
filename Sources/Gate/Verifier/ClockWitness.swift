/// The difference between a holder's device clock and this machine's, from a showing with a valid signature or link.
package struct ClockWitness: Sendable, Equatable {
    /// 8 bytes that tell holders apart.
    package let holder: [UInt8]
    /// The device's time minus this machine's, in seconds.
    package let offsetSeconds: Int32

    /// Takes the time of a showing.
    ///
    /// - Parameters:
    ///   - holder: 8 bytes that tell holders apart.
    ///   - time: when the code was shown, or made.
    ///   - lifeSeconds: how long the same code may be shown; an age below this counts as offset 0.
    ///   - now: the time of this machine's clock.
    package init(holder: [UInt8], time: UInt64, lifeSeconds: UInt64 = 0, now: UInt64) {
        self.holder = holder
        if time >= now {
            offsetSeconds = Int32(clamping: time - now)
        } else {
            offsetSeconds = now - time < lifeSeconds ? 0 : -Int32(clamping: now - time)
        }
    }
}
