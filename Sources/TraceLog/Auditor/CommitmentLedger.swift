/// The commitments and erasures of a log; kept only where openings are checked.
struct CommitmentLedger {
    private struct Place: Equatable {
        let index: UInt64
        let object: ObjectKey
    }

    private var places: [MerkleHash: Place] = [:]
    private var erased: Set<MerkleHash> = []

    /// Adds the commitments and the erasure of an entry.
    ///
    /// - Returns: a finding for each commitment that an earlier entry already has, although each has its own salt, and
    ///   for an erasure of a commitment that no earlier entry of its object has.
    mutating func accept(_ entry: Entry, index: UInt64, object: ObjectKey) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        for commitment in entry.commitments {
            if let earlier = places[commitment] {
                findings.append(
                    AuditFinding(
                        .openingMissing, index: index, object: object.bytes,
                        detail:
                            "the entry repeats a commitment of entry \(earlier.index), so that it has no opening of its own"
                    ))
            } else {
                places[commitment] = Place(index: index, object: object)
            }
        }
        if case .erased(let erasure) = entry.event, !erase(erasure, object: object) {
            findings.append(.groundlessErasure(of: erasure, index: index, object: object))
        }
        return findings
    }

    private mutating func erase(_ erasure: Erasure, object: ObjectKey) -> Bool {
        let place = Place(index: erasure.index, object: object)
        let grounded = erasure.commitments.filter { places[$0] == place }
        erased.formUnion(grounded)
        return grounded.count == erasure.commitments.count
    }

    /// Findings for commitments without opening or erasure, and for openings without commitment.
    ///
    /// `indices` are the entries that were read, where only some were: openings of other entries are not checked.
    func judge(_ openings: OpeningIndex, indices: Set<UInt64>? = nil) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        for (commitment, place) in places where openings.indices[commitment] == nil && !erased.contains(commitment) {
            findings.append(
                AuditFinding(
                    .openingMissing, index: place.index, object: place.object.bytes,
                    detail: "the entry has a commitment without an opening, and no erasure names it"))
        }
        for (commitment, index) in openings.indices {
            if let place = places[commitment], index == nil || index == place.index { continue }
            if let indices, places[commitment] == nil, index.map({ !indices.contains($0) }) ?? true { continue }
            findings.append(
                AuditFinding(
                    .openingMismatch, index: index, object: places[commitment]?.object.bytes,
                    detail: "an opening does not match any commitment of the entry that it names"))
        }
        return findings
    }
}

extension AuditFinding {
    /// The finding for an erasure of commitments that no earlier entry of its object has.
    static func groundlessErasure(of erasure: Erasure, index: UInt64, object: ObjectKey) -> AuditFinding {
        AuditFinding(
            .openingMismatch, index: index, object: object.bytes,
            detail:
                "the entry erases commitments that the object's entry \(erasure.index) does not have, or that come later"
        )
    }
}
