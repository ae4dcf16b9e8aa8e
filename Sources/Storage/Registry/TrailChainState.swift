/// The running hash over the audit trail up to a line.
package struct TrailChainState: Sendable, Equatable {
    /// The number of the last line in the hash.
    package let number: UInt64
    package let hash: [UInt8]

    package init(number: UInt64, hash: [UInt8]) {
        self.number = number
        self.hash = hash
    }
}
