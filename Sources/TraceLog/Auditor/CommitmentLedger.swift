/// The commitments a log holds and the erasures it tells of; kept only where openings are to be checked.
struct CommitmentLedger {
    private struct Place {
        let index: UInt64
        let object: ObjectKey
    }

    private struct Erased: Hashable {
        let index: UInt64
        let commitment: MerkleHash
    }

    private var places: [MerkleHash: Place] = [:]
    private var erased: Set<Erased> = []

    mutating func note(_ commitment: MerkleHash, index: UInt64, object: ObjectKey) {
        if places[commitment] == nil { places[commitment] = Place(index: index, object: object) }
    }

    mutating func erase(_ erasure: Erasure) {
        for commitment in erasure.commitments {
            erased.insert(Erased(index: erasure.index, commitment: commitment))
        }
    }

    /// Holds the commitments to the openings: one of neither opening nor erasure, and openings of nothing.
    ///
    /// `indices` are the entries that were read, where these are not all: other entries' openings are not judged.
    func judge(_ openings: OpeningIndex, indices: Set<UInt64>? = nil) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        for (commitment, place) in places
        where openings.indices[commitment] == nil
            && !erased.contains(Erased(index: place.index, commitment: commitment))
        {
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
