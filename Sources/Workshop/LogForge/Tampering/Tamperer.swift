package import Signing
package import TraceLog

/// Tampers with copies of a log.
package struct Tamperer: Sendable {
    package static let entryCountMax: UInt64 = 1 << 21

    let source: any AuditSource
    let checkpoint: Checkpoint
    let checkpointBytes: [UInt8]
    let entries: [[UInt8]]
    let decoded: [Entry]
    let key: SigningKey?
    /// The index of the entry that is tampered with.
    let target: Int

    /// Reads a whole log.
    ///
    /// - Parameters:
    ///   - source: the log; an honest one, with this project's entries.
    ///   - key: the log's key, for attackers who hold it.
    ///   - index: the first index that may be tampered with; the middle when it is nil.
    /// - Throws: `AuditSourceError`, or ``TraceLogError`` when the log is unsuitable.
    package init(source: some AuditSource, key: SigningKey?, index: UInt64? = nil) throws {
        guard let bytes = try source.read("checkpoint", byteCountMax: SignedNote.byteCountMax) else {
            throw Self.unfit("it has no checkpoint")
        }
        checkpoint = try Checkpoint(note: bytes)
        guard (4...Self.entryCountMax).contains(checkpoint.size) else {
            throw Self.unfit("it has \(checkpoint.size) entries, and 4 to \(Self.entryCountMax) are needed")
        }
        var entries: [[UInt8]] = []
        for bundle in 0...((checkpoint.size - 1) / UInt64(TilePath.fullWidth)) {
            let width = TilePath.width(kind: .entries, index: bundle, size: checkpoint.size)
            let path = TilePath(kind: .entries, index: bundle, width: width)
            let stored = try source.read(path.path, byteCountMax: EntryBundle.byteCountMax)
            let read = try EntryBundle(bytes: stored ?? [], width: width)
            for position in 0..<width { entries.append(Array(read.entry(position))) }
        }
        let decoded = try entries.map { bytes throws(TraceLogError) in try Entry.decode(bytes[...]) }
        let middle = Int(index ?? checkpoint.size / 2)
        // A plain event that is not its object's last, so that another entry names it as previous.
        let linked = Set(decoded.compactMap(\.previous?.index))
        let target = (middle..<decoded.count).first { position in
            decoded[position].event.kind == .observed && decoded[position].signature == nil
                && decoded[position].commitments.isEmpty && linked.contains(UInt64(position))
                && position + 1 < decoded.count && decoded[position + 1].object != decoded[position].object
                && decoded[position + 1].recordedAtMilliseconds > decoded[position].recordedAtMilliseconds
        }
        guard let target else {
            throw Self.unfit("it has no plain event from entry \(middle) on that another event of the object follows")
        }
        self.source = source
        checkpointBytes = bytes
        self.entries = entries
        self.decoded = decoded
        self.key = key
        self.target = target
    }

    var targetObject: [UInt8] { decoded[target].object.bytes }

    /// A log that is tampered with in one way.
    ///
    /// - Throws: `value_out_of_range` when the log's key is needed and not given, or when a needed file is missing.
    package func tampered(_ way: Tampering) throws -> TamperedLog {
        switch way.attacker {
        case .anyone: return try fileTampered(way)
        case .keyHolder:
            guard let key else { throw Self.unfit("its key is not given, and \(way.rawValue) signs a new checkpoint") }
            return try way.agreesWithItself ? rewritten(way, key: key) : entryTampered(way, key: key)
        }
    }

    /// A whole log of other entries, signed by the log's key.
    func signed(_ entries: [[UInt8]], key: SigningKey, _ expected: TamperedLog.Expectation) throws -> TamperedLog {
        let log = try ForgedLog(entries: entries, key: key, origin: checkpoint.origin)
        return TamperedLog(changes: log.files.mapValues { $0 }, isWhole: true, expected: expected)
    }

    static func unfit(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .valueOutOfRange, reason: "the log is unsuitable for tampering: \(reason)",
            hint: "make one with `log-forge make`, and give its key")
    }
}
