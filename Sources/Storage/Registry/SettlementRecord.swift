/// One gate's closed day, as it was registered first; no other word of the gate about that day is taken later.
package struct SettlementRecord: Sendable, Equatable {
    package let gate: [UInt8]
    /// Days since 1970-01-01.
    package let day: UInt64
    /// The record that the gate signed.
    package let record: [UInt8]
    /// The index of the log's entry that commits to the record.
    package let entryIndex: UInt64
    /// Seconds since 1970-01-01T00:00:00Z.
    package let registeredAt: UInt64

    package init(gate: [UInt8], day: UInt64, record: [UInt8], entryIndex: UInt64, registeredAt: UInt64) {
        (self.gate, self.day, self.record) = (gate, day, record)
        (self.entryIndex, self.registeredAt) = (entryIndex, registeredAt)
    }
}
