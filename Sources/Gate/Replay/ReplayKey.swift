/// A credential's showing, which may be used once.
///
/// An accepted showing also uses up the credential's earlier ones: a phone can sign for several seconds at once, and a
/// slot's link reveals all earlier links.
package struct ReplayKey: Sendable, Hashable {
    /// The credential's id, 8 bytes.
    package let cti: [UInt8]
    /// The time or slot of the showing.
    package let number: UInt64
    /// The last time that the code itself says it may be shown from; nil for a code that bears no time.
    package let time: UInt64?
    /// Whether ``number`` is a chain's slot.
    package let isChain: Bool

    package init(cti: [UInt8], number: UInt64, time: UInt64? = nil, isChain: Bool = false) {
        self.cti = cti
        self.number = number
        self.time = time
        self.isChain = isChain
    }

    /// Whether `other` is a later showing of the same credential.
    func isEarlier(than other: ReplayKey) -> Bool {
        cti == other.cti && isChain == other.isChain && number < other.number
    }
}
