/// A credential's showing, which may be used once.
package struct ReplayKey: Sendable, Hashable {
    /// The credential's id, 8 bytes.
    package let cti: [UInt8]
    /// The time or slot of the showing.
    package let number: UInt64
    /// Whether a showing also uses up all showings of lower numbers: a slot's link reveals all earlier links.
    package let isChain: Bool

    package init(cti: [UInt8], number: UInt64, isChain: Bool = false) {
        self.cti = cti
        self.number = number
        self.isChain = isChain
    }
}
