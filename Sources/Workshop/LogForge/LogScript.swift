package import Signing
package import TraceLog

/// Writes entries one after another as the sequencer does, or with the faults that a test needs.
package struct LogScript: Sendable {
    package static let actor = "91310000MA1FL0000X"

    package private(set) var entries: [[UInt8]] = []
    package private(set) var decoded: [Entry] = []
    package private(set) var chains: [ObjectID: (sequence: UInt64, link: EntryLink)] = [:]
    /// The recorded time of the next entry.
    package var timeMilliseconds: UInt64 = 1_700_000_000_000

    package init() {}

    /// Continues after existing entries.
    package init(entries: [[UInt8]]) throws(TraceLogError) {
        for bytes in entries {
            let entry = try Entry.decode(bytes[...])
            timeMilliseconds = entry.recordedAtMilliseconds
            try append(entry)
        }
    }

    /// An object's identifier made from a number.
    package static func object(_ number: Int) -> ObjectID {
        ObjectID((0..<8).map { UInt8(truncatingIfNeeded: order(number) >> UInt64(56 - 8 * $0)) }) ?? .log
    }

    /// The identifier's bytes as one number; these numbers have the identifiers' order.
    static func order(_ number: Int) -> UInt64 {
        (UInt64(number) &* 0x9E37_79B9_7F4A_7C15).byteSwapped
    }

    /// An inspection with one field of `padding` bytes.
    package static func inspection(_ number: Int, padding: Int = 60) -> LogEvent {
        var event = TraceEvent(
            timeMilliseconds: 1_700_000_000_000 + Int64(number), step: .inspecting, readPoint: "urn:suishen:gate:7")
        event.fields = [TraceEvent.Field(name: "note", value: String(repeating: "n", count: padding))]
        return .observed(event)
    }

    /// Appends an entry in its object's chain.
    ///
    /// `sequence` replaces the right one in a forgery; `signer` signs the entry as the actor.
    package mutating func append(
        _ object: ObjectID, _ event: LogEvent, sequence: UInt64? = nil, commitments: [MerkleHash] = [],
        signer: SigningKey? = nil
    ) throws(TraceLogError) {
        let chain = chains[object]
        var entry = Entry(
            object: object, sequence: sequence ?? chain.map { $0.sequence + 1 } ?? 0, previous: chain?.link,
            recordedAtMilliseconds: timeMilliseconds, actor: object == .log ? "" : Self.actor,
            keyIdentifier: signer.map { KeyStatusChange.keyIdentifier(of: $0.verificationKey) }, event: event,
            commitments: commitments)
        if let signer { entry.signature = try .sign(entry, by: signer) }
        try append(entry)
    }

    /// Appends an entry as it is.
    package mutating func append(_ entry: Entry) throws(TraceLogError) {
        let bytes = try entry.encoded()
        let link = EntryLink(leafHash: Self.leafHash(bytes), index: UInt64(entries.count))
        chains[entry.object] = (entry.sequence, link)
        entries.append(bytes)
        decoded.append(entry)
        timeMilliseconds += 1
    }

    /// The statement over all objects' newest entries.
    package func heads() -> HeadsStatement {
        let sorted = chains.sorted { $0.key < $1.key }
        return ObjectHead.statement(
            entryCount: UInt64(entries.count),
            sortedHeads: sorted.map { ObjectHead(object: $0.key, sequence: $0.value.sequence, link: $0.value.link) })
    }

    private static func leafHash(_ bytes: [UInt8]) -> MerkleHash {
        var hasher = MerkleHasher()
        return hasher.leaf(bytes)
    }

    package mutating func appendHeads() throws(TraceLogError) {
        try append(.log, .heads(heads()))
    }
}
