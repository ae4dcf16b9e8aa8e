/// What may be used once: a credential's showing.
package struct ReplayKey: Sendable, Hashable {
    /// The credential's id, 8 bytes.
    package let cti: [UInt8]
    /// The time or slot of the showing.
    package let number: UInt64

    package init(cti: [UInt8], number: UInt64) {
        self.cti = cti
        self.number = number
    }
}
