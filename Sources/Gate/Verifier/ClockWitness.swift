/// What a holder's device says about this machine's clock, once its signature or link has held.
package struct ClockWitness: Sendable, Equatable {
    /// 8 bytes that tell holders apart.
    package let holder: [UInt8]
    /// The device's time less this machine's, in seconds.
    package let offsetSeconds: Int32

    /// Takes the time of a showing.
    ///
    /// - Parameters:
    ///   - holder: 8 bytes that tell holders apart.
    ///   - time: when the code was shown, or made.
    ///   - lifeSeconds: how long the same code goes on being shown; within that it says nothing against this machine.
    ///   - now: what this machine's clock says.
    package init(holder: [UInt8], time: UInt64, lifeSeconds: UInt64 = 0, now: UInt64) {
        self.holder = holder
        if time >= now {
            offsetSeconds = Int32(clamping: time - now)
        } else {
            offsetSeconds = now - time < lifeSeconds ? 0 : -Int32(clamping: now - time)
        }
    }
}
