import TraceLog

@testable import Storage

extension MemoryTransaction {
    func epochKeys() -> [EpochKeyRecord] { contents.epochKeys.values.sorted { $0.number < $1.number } }

    func putEpochKey(_ key: EpochKeyRecord) throws {
        let old = contents.epochKeys[key.number]
        let isOnward = old.map { ($0.status != .destroyed || key.status == .destroyed) && $0.mark == key.mark } ?? true
        try change(if: isOnward) { $0.epochKeys[key.number] = key }
    }

    func sealedFields(
        _ kind: SealedField.Kind, after place: SealedField.Place?, countMax: Int
    ) -> [SealedField] {
        let fields = all(kind)
        let start = place.flatMap { place in fields.lastIndex { !Self.isLater($0.place, place) } }.map { $0 + 1 } ?? 0
        return Array(fields[start...].prefix(countMax))
    }

    private func all(_ kind: SealedField.Kind) -> [SealedField] {
        let fields: [SealedField] =
            switch kind {
            case .links:
                contents.persons.map { SealedField(place: .links(person: $0.key), sealed: $0.value.sealedLinks) }
            case .reasons:
                contents.revocations.compactMap { place, revocation in
                    revocation.sealedReason.map { SealedField(place: .reason(place), sealed: $0) }
                }
            case .openings(let log):
                contents.of(log).openings.flatMap { index, rows in
                    rows.enumerated().filter(\.element.isKept).map { number, row in
                        SealedField(
                            place: .opening(
                                log, number: index << 8 | UInt64(number), commitment: row.stored.commitment),
                            sealed: row.stored.sealed)
                    }
                }
            }
        return fields.sorted { Self.isLater($1.place, $0.place) }
    }

    private static func isLater(_ place: SealedField.Place, _ other: SealedField.Place) -> Bool {
        switch (place, other) {
        case (.links(let place), .links(let other)): other.lexicographicallyPrecedes(place)
        case (.reason(let place), .reason(let other)): (other.list, other.index) < (place.list, place.index)
        case (.opening(_, let place, _), .opening(_, let other, _)): other < place
        default: false
        }
    }

    func hasSealedField(under epoch: UInt32) -> Bool {
        let lasting = SealedField.Kind.allCases.flatMap { all($0) }.map(\.sealed)
        let others = contents.answers.values.map(\.sealedAnswer) + contents.offers.values.compactMap(\.sealedSecret)
        return (lasting + others).contains { FieldKeys.epoch(of: $0) == epoch }
    }

    func replace(_ field: SealedField, by sealed: [UInt8]) throws -> Bool {
        let kind: SealedField.Kind =
            switch field.place {
            case .links: .links
            case .reason: .reasons
            case .opening(let log, _, _): .openings(log)
            }
        guard all(kind).contains(field) else { return false }
        try change { contents in
            switch field.place {
            case .links(let person): contents.persons[person]?.sealedLinks = sealed
            case .reason(let place): contents.revocations[place]?.sealedReason = sealed
            case .opening(let log, let number, let commitment):
                contents.logName = log
                contents.openings[number >> 8]?[Int(number & 0xFF)].stored = StoredOpening(
                    index: number >> 8, commitment: commitment, sealed: sealed)
            }
        }
        return true
    }

    func isRecoveryNeeded() -> Bool { contents.isRecoveryNeeded }

    func setRecoveryNeeded(_ isNeeded: Bool) throws {
        guard contents.isRecoveryNeeded != isNeeded else { return }
        try change { $0.isRecoveryNeeded = isNeeded }
    }
}
