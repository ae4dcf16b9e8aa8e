/// The newest end of one object's chain, and the rules by which the next entry continues it.
///
/// These are the only rules: the writer takes the next entry's place from here, and the audit of a whole log and the
/// audit of one object hold every entry to them.
package struct ObjectChain: Sendable, Equatable {
    /// Why an entry does not continue the chain.
    package enum Violation: Sendable, Equatable {
        case sequenceGap(stated: UInt64, next: UInt64)
        case chainBreak
        case duplicateEvent(sequence: UInt64)

        package var code: AuditFinding.Code {
            switch self {
            case .sequenceGap: .sequenceGap
            case .chainBreak: .chainBreak
            case .duplicateEvent: .duplicateEvent
            }
        }

        /// The finding's sentence.
        package var detail: String {
            switch self {
            case .sequenceGap(let stated, let next):
                "the entry has sequence \(stated), and the object's next sequence is \(next)"
            case .chainBreak: "the entry's previous hash or index does not match the object's entry before it"
            case .duplicateEvent(let sequence): "the object has an earlier entry of sequence \(sequence)"
            }
        }
    }

    /// The number of entries, which is the next entry's sequence.
    package private(set) var entryCount: UInt64
    /// The newest entry; nil before the first.
    package private(set) var newest: EntryLink?

    /// The chain of an object without entries.
    package init() {
        self.init(entryCount: 0, newest: nil)
    }

    /// The chain that ends with an entry; an empty one without.
    package init(endingWith head: ObjectHead?) {
        self.init()
        if let head { append(sequence: head.sequence, at: head.link) }
    }

    @inline(__always)
    init(entryCount: UInt64, newest: EntryLink?) {
        self.entryCount = entryCount
        self.newest = newest
    }

    /// Why an entry does not continue the chain; nil when it does.
    @inline(__always)
    package func violation(sequence: UInt64, previous: EntryLink?) -> Violation? {
        if sequence < entryCount { return .duplicateEvent(sequence: sequence) }
        if sequence > entryCount { return .sequenceGap(stated: sequence, next: entryCount) }
        return previous == newest ? nil : .chainBreak
    }

    /// Checks an entry and goes on from it, even from one that breaks a rule, so that one fault is one finding.
    ///
    /// The chain stays where it is after a repeated event, whose successors would else all be findings.
    ///
    /// - Parameters:
    ///   - sequence: the sequence in the entry.
    ///   - previous: the previous entry that the entry names.
    ///   - link: the entry's own index and leaf hash.
    /// - Returns: the broken rule; nil when the entry continues the chain.
    @inline(__always)
    package mutating func accept(sequence: UInt64, previous: EntryLink?, at link: EntryLink) -> Violation? {
        let violation = violation(sequence: sequence, previous: previous)
        if case .duplicateEvent = violation { return violation }
        append(sequence: sequence, at: link)
        return violation
    }

    @inline(__always)
    private mutating func append(sequence: UInt64, at link: EntryLink) {
        entryCount = sequence == .max ? sequence : sequence + 1
        newest = link
    }

    /// Makes the next entry of the chain.
    ///
    /// - Parameters:
    ///   - object: the object of this chain.
    ///   - recordedAtMilliseconds: since 1970-01-01T00:00:00Z; see ``RecordedTime``.
    ///   - actor: a USCC; empty for the service itself.
    ///   - keyIdentifier: the key that the actor signs with.
    ///   - event: the event.
    ///   - commitments: the commitments to personal fields.
    /// - Returns: the entry as the log is going to hold it, with a nil signature.
    package func nextEntry(
        of object: ObjectID, recordedAtMilliseconds: UInt64, actor: String, keyIdentifier: [UInt8]? = nil,
        event: LogEvent, commitments: [MerkleHash] = []
    ) -> Entry {
        Entry(
            object: object, sequence: entryCount, previous: newest, recordedAtMilliseconds: recordedAtMilliseconds,
            actor: actor, keyIdentifier: keyIdentifier, event: event, commitments: commitments)
    }
}

/// The newest recorded time of a log, in milliseconds since 1970-01-01T00:00:00Z: it never falls from entry to entry.
package struct RecordedTime: Sendable, Equatable {
    static let violationDetail = "the entry was recorded earlier than an entry before it"

    package private(set) var newestMilliseconds: UInt64

    package init(newestMilliseconds: UInt64 = 0) {
        self.newestMilliseconds = newestMilliseconds
    }

    /// The time of an entry that is written now; a clock that went back is raised to the newest entry's time.
    package func next(atMilliseconds now: UInt64) -> UInt64 {
        max(now, newestMilliseconds)
    }

    /// The time of an entry that an actor signs before the service writes it.
    ///
    /// It lies up to 700 ms ahead of the clock, and is alike for all actors within 500 ms: entries that are written
    /// meanwhile, signed or not, are then seldom of a later time.
    package func signing(atMilliseconds now: UInt64) -> UInt64 {
        let (ahead, step) = (now + 200, UInt64(500))
        return max(newestMilliseconds, (ahead + step - 1) / step * step)
    }

    /// Whether a signed entry of this time may be written now: it must follow the newest entry, and must lie neither
    /// more than a second ahead of the clock nor more than ten seconds behind it.
    package func allowsSigned(_ milliseconds: UInt64, atMilliseconds now: UInt64) -> Bool {
        allows(milliseconds) && milliseconds <= max(newestMilliseconds, now + 1000) && now <= milliseconds + 10_000
    }

    /// Whether an entry of this time may follow.
    @inline(__always)
    package func allows(_ milliseconds: UInt64) -> Bool {
        milliseconds >= newestMilliseconds
    }

    /// Goes on from an entry; false, without a change, when the time falls.
    @inline(__always)
    mutating func accept(_ milliseconds: UInt64) -> Bool {
        guard allows(milliseconds) else { return false }
        newestMilliseconds = milliseconds
        return true
    }
}
