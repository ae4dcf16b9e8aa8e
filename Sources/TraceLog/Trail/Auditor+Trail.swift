import Encoding

extension Auditor {
    /// Audits a log of acts, and compares the operator's trail with the hashes that it states.
    ///
    /// A trail may begin behind a line about which the log has a statement: the lines before it were dropped after their
    /// retention. A line of the trail must say so, which the log's later statements cover.
    ///
    /// - Parameter next: gives the trail's lines one after another, from the first on; nil after the last.
    /// - Returns: the report, the note, and which lines it is about.
    /// - Throws: `AuditSourceError` when the log could not be read; the error of `next`.
    package func auditTrail(_ next: () throws -> TrailLine?) async throws -> TrailAudit {
        let outcome = try await audit(watching: ObjectKey(ActTerm.trail.stream))
        let statements = outcome.watched.compactMap { TrailStatement($0.entry, at: $0.link.index) }
        var findings = outcome.report.findings
        var following = try next()
        // A trail with one of the lines of the first statement has to have them all.
        let first = following?.number ?? 0
        let floor = statements.last { $0.number < first }
        var reading = TrailReading(behind: floor)
        for statement in statements where statement.number > reading.number {
            while let line = following, line.number <= statement.number {
                try reading.take(line)
                following = try next()
            }
            guard reading.number == statement.number, statement.hash == reading.hash else {
                let isCutOff = reading.number < statement.number && following == nil
                findings.append(
                    statement.finding(
                        isCutOff
                            ? "the log states line \(statement.number) of the trail, and the trail ends before it"
                            : "the trail's lines up to \(statement.number) do not lead to the hash that the log states")
                )
                break
            }
        }
        var newLineCount: UInt64 = 0
        while let line = following {
            newLineCount += 1
            reading.note(line)
            following = try next()
        }
        if let floor, !reading.drops.contains(floor.number) {
            findings.append(
                floor.finding(
                    "the trail begins behind line \(floor.number), and no line of it says that the lines before were "
                        + "dropped"))
        }
        return TrailAudit(
            report: outcome.report.with(findings), note: outcome.note, newLineCount: newLineCount,
            droppedThrough: floor?.number ?? 0)
    }
}

/// An entry of the log of acts about the operator's trail.
private struct TrailStatement {
    let number: UInt64
    /// Nil for a text that is no hash.
    let hash: MerkleHash?
    private let index: UInt64
    private let object: [UInt8]

    /// - Returns: nil for every other entry.
    init?(_ entry: Entry, at index: UInt64) {
        guard case .act(let act) = entry.event, act.term == .trail, let number = UInt64(act.values[1]) else {
            return nil
        }
        self.number = number
        hash = (try? Hex.decode(act.values[0])).flatMap { MerkleHash($0) }
        (self.index, object) = (index, entry.object.bytes)
    }

    func finding(_ detail: String) -> AuditFinding {
        AuditFinding(.trailMismatch, index: index, object: object, detail: detail)
    }
}

/// The running hash over the lines that were read.
private struct TrailReading {
    /// The number of the last line in the hash.
    private(set) var number: UInt64 = 0
    private(set) var hash = TrailLine.start
    /// The last dropped lines that lines of the trail name.
    private(set) var drops: Set<UInt64> = []

    /// Begins behind a statement; nil for the beginning of the trail.
    init(behind statement: TrailStatement?) {
        guard let statement, let stated = statement.hash else { return }
        (number, hash) = (statement.number, stated)
    }

    mutating func take(_ line: TrailLine) throws(TraceLogError) {
        guard line.number > number else { throw .trailOrder }
        hash = line.hash(after: hash)
        number = line.number
        note(line)
    }

    mutating func note(_ line: TrailLine) {
        if let dropped = TrailDrop.number(in: line) { drops.insert(dropped) }
    }
}

extension TraceLogError {
    fileprivate static var trailOrder: TraceLogError {
        TraceLogError(
            code: .malformedTrail, reason: "the trail's lines are not in the order of their numbers",
            hint: "print the trail anew with `suishen audit`, without --subject")
    }
}
