/// The issued codes of about a minute, which form one tree.
package struct IssuedMinute: Sendable, Equatable {
    /// The minute, counted from 1970-01-01T00:00:00Z; no two have the same one.
    package let minute: UInt64
    /// The numbers of its codes in the order of their issue.
    package let numbers: ClosedRange<UInt64>
    /// The index of its entry in the log of acts; nil until the entry is appended.
    package var entryIndex: UInt64?

    package init(minute: UInt64, numbers: ClosedRange<UInt64>, entryIndex: UInt64?) {
        self.minute = minute
        self.numbers = numbers
        self.entryIndex = entryIndex
    }

    /// The number of its codes.
    package var count: UInt64 { numbers.upperBound - numbers.lowerBound + 1 }
}

/// A set of issued codes that is published as files.
package struct IssuedSet: Sendable, Equatable {
    /// The first minute, counted from 1970-01-01T00:00:00Z.
    package let minute: UInt64
    /// The number of minutes.
    package let span: UInt64
    package let count: UInt64
    /// How many first bits of a digest name its file.
    package let bitCount: UInt64
    /// The index of its entry in the log of acts.
    package let entryIndex: UInt64

    package init(minute: UInt64, span: UInt64, count: UInt64, bitCount: UInt64, entryIndex: UInt64) {
        self.minute = minute
        self.span = span
        self.count = count
        self.bitCount = bitCount
        self.entryIndex = entryIndex
    }
}

/// The digest of an issued code, until its day is published.
package struct Issuance: Sendable, Equatable {
    /// Counts the codes in the order of their issue; no number in use is given out again.
    package let number: UInt64
    /// The minute of the issue by the daemon's clock.
    package let minute: UInt64
    /// SHA-256 of the bytes that the code's signature covers.
    package let digest: [UInt8]
}
