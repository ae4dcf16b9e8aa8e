/// The commitments a log holds and the erasures it tells of; kept only where openings are to be checked.
struct CommitmentLedger {
    private struct Place: Equatable {
        let index: UInt64
        let object: ObjectKey
    }

    private var places: [MerkleHash: Place] = [:]
    private var erased: Set<MerkleHash> = []

    /// Takes in what an entry commits to, or which earlier commitments it says nobody can open any more.
    ///
    /// - Returns: what is wrong with it: a commitment that an earlier entry has, though each has a salt of its own; an
    ///   erasure of what no earlier entry of its object holds, which excuses nothing.
    mutating func accept(_ entry: Entry, index: UInt64, object: ObjectKey) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        for commitment in entry.commitments {
            if let earlier = places[commitment] {
                findings.append(
                    AuditFinding(
                        .openingMissing, index: index, object: object.bytes,
                        detail: "the entry's commitment is that of entry \(earlier.index), and no opening is its own"))
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

    /// Holds the commitments to the openings: one of neither opening nor erasure, and openings of nothing.
    ///
    /// `indices` are the entries that were read, where these are not all: other entries' openings are not judged.
    func judge(_ openings: OpeningIndex, indices: Set<UInt64>? = nil) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        for (commitment, place) in places where openings.indices[commitment] == nil && !erased.contains(commitment) {
            findings.append(
                AuditFinding(
                    .openingMissing, index: place.index, object: place.object.bytes,
                    detail: "the entry's commitment has no opening, and no erasure names it"))
        }
        for (commitment, index) in openings.indices {
            if let place = places[commitment], index == nil || index == place.index { continue }
            if let indices, places[commitment] == nil, index.map({ !indices.contains($0) }) ?? true { continue }
            findings.append(
                AuditFinding(
                    .openingMismatch, index: index, object: places[commitment]?.object.bytes,
                    detail: "an opening and the commitments of the entry it is said to open"))
        }
        return findings
    }
}

extension AuditFinding {
    /// An erasure that names what its object's entries before it do not hold.
    static func groundlessErasure(of erasure: Erasure, index: UInt64, object: ObjectKey) -> AuditFinding {
        AuditFinding(
            .openingMismatch, index: index, object: object.bytes,
            detail: "the erasure, and the object's commitments in entry \(erasure.index), which must stand before it")
    }
}
