import Signing

/// The logs and witnesses that an auditor trusts, and the witnesses that must have cosigned a checkpoint.
///
/// ``WitnessPolicyReader`` describes its text forms.
package struct WitnessPolicy: Sendable, Equatable {
    /// The witnesses that suffice.
    package indirect enum Quorum: Sendable, Equatable {
        /// No witness is needed, so that none confirms a checkpoint either.
        case nobody
        /// The witness with this public key.
        case witness([UInt8])
        /// At least `threshold` of the members.
        case group(threshold: Int, members: [Quorum])

        fileprivate func isMet(by keys: Set<[UInt8]>) -> Bool {
            switch self {
            case .nobody: true
            case .witness(let key): keys.contains(key)
            case .group(let threshold, let members): members.count { $0.isMet(by: keys) } >= threshold
            }
        }
    }

    /// The keys of the logs that the policy is for; empty where it leaves them open.
    package let logs: [NoteKey]
    package let witnesses: [NoteKey]
    package let quorum: Quorum
    /// The URLs of witnesses, by their public keys; not checked.
    package let addresses: [[UInt8]: String]

    init(logs: [NoteKey], witnesses: [NoteKey], quorum: Quorum, addresses: [[UInt8]: String] = [:]) {
        self.logs = logs
        self.witnesses = witnesses
        self.quorum = quorum
        self.addresses = addresses
    }

    /// Takes witnesses and the number of them that must have cosigned.
    ///
    /// Nil unless that number is between 1 and the number of different keys.
    package init?(witnesses: [NoteKey], quorum: Int) {
        let keys = Set(witnesses.map(\.key.raw))
        guard (1...max(1, keys.count)).contains(quorum), !keys.isEmpty else { return nil }
        self.init(
            logs: [], witnesses: witnesses, quorum: .group(threshold: quorum, members: keys.map(Quorum.witness)))
    }

    /// Reads the text form.
    ///
    /// - Throws: `malformed_key`, with the number of the line.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        var reader = WitnessPolicyReader()
        self = try reader.read(bytes)
    }

    /// Whether the witnesses with these public keys suffice.
    package func isMet(by keys: Set<[UInt8]>) -> Bool { quorum.isMet(by: keys) }

    /// Whether the policy is for the log with this key; one without `log` lines is for every log.
    package func isFor(_ log: NoteKey) -> Bool {
        logs.isEmpty || logs.contains { $0.key.raw == log.key.raw }
    }

    /// Judges the cosignature of each witness.
    ///
    /// A key counts once, under whichever of its names comes first, and the log's own key never counts: the log's
    /// operator holds it. Without a period no cosignature counts.
    package func judge(_ note: SignedNote, logKey: NoteKey?, period: CosignaturePeriod?) -> [Cosignature] {
        let logKeys = Set((logs + [logKey].compactMap { $0 }).map(\.key.raw))
        var counted: Set<[UInt8]> = []
        return witnesses.map { witness in
            let key = witness.key.raw
            let times = note.cosignatureTimes(by: witness)
            let time = times.flatMap { times in
                times.filter { period?.standing(of: $0) == .counted }.max() ?? times.max()
            }
            let standing: Cosignature.Standing =
                if times == nil {
                    .invalid
                } else if logKeys.contains(key) {
                    .logKey
                } else if let time {
                    counted.contains(key) ? .repeatedKey : period?.standing(of: time) ?? .old
                } else {
                    .missing
                }
            if standing == .counted { counted.insert(key) }
            return Cosignature(witness: witness.name, time: time, standing: standing, key: key)
        }
    }

    /// Whether the cosignatures that count suffice.
    package func isMet(by cosignatures: [Cosignature]) -> Bool {
        quorum.isMet(by: Set(cosignatures.filter { $0.standing == .counted }.map(\.key)))
    }
}
