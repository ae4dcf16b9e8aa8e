/// What may be used once: a credential's showing.
package struct ReplayKey: Sendable, Hashable {
    /// The credential's id, 8 bytes.
    package let cti: [UInt8]
    /// The time or slot of the showing.
    package let number: UInt64
    /// Whether a showing also uses up every one of a lower number: the link of a slot gives all the earlier links.
    package let isChain: Bool

    package init(cti: [UInt8], number: UInt64, isChain: Bool = false) {
        self.cti = cti
        self.number = number
        self.isChain = isChain
    }
}
