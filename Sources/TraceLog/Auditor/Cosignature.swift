package import Encoding

/// A policy's witness, its cosignature of a checkpoint, and whether that counts towards the quorum.
package struct Cosignature: Sendable, Equatable {
    /// Whether a cosignature counts, and otherwise why not.
    package enum Standing: String, Sendable, CaseIterable {
        case counted
        /// The checkpoint has no cosignature of this witness.
        case missing
        /// A cosignature under the witness's name does not match the checkpoint.
        case invalid
        /// Its time is longer ago than the auditor accepts.
        case old
        /// Its time is ahead of the auditor's clock.
        case ahead
        /// The witness's key is the log's own.
        case logKey = "log_key"
        /// The key has counted already, under another name.
        case repeatedKey = "repeated_key"
    }

    /// The name in the witness's key.
    package let witness: String
    /// Seconds since 1970-01-01T00:00:00Z; nil where there is no cosignature, or a wrong one.
    package let time: UInt64?
    package let standing: Standing
    /// The witness's public key.
    let key: [UInt8]

    /// The time in UTC.
    package var utc: String? {
        time.map { EventTime.text(milliseconds: Int64(clamping: min($0, UInt64.max / 1000) * 1000)) }
    }

    package var json: JSONValue {
        [
            "witness": .string(witness), "time": time.map { .integer(Int64(clamping: $0)) } ?? .null,
            "standing": .string(standing.rawValue),
        ]
    }
}

/// The period in which a cosignature must have been made to count.
package struct CosignaturePeriod: Sendable, Equatable {
    /// The most seconds by which a witness's clock may be ahead of the auditor's.
    package static let aheadSecondsMax: UInt64 = 60
    /// The seconds for which a cosignature counts where nothing else is stated: one day.
    package static let defaultSeconds: UInt64 = 86_400

    let now: UInt64
    let seconds: UInt64

    /// The `seconds` before `now`, which is in seconds since 1970-01-01T00:00:00Z.
    package init(now: UInt64, seconds: UInt64 = defaultSeconds) {
        self.now = now
        self.seconds = seconds
    }

    func standing(of time: UInt64) -> Cosignature.Standing {
        if time > now { return time - now <= Self.aheadSecondsMax ? .counted : .ahead }
        return now - time <= seconds ? .counted : .old
    }
}
