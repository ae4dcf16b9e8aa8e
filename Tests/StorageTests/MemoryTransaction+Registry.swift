import Credential

@testable import Storage

extension MemoryTransaction {
    func person(residentDigest: [UInt8]) -> [UInt8]? {
        contents.persons.first { $0.value.residentDigest == residentDigest }?.key
    }

    func sealedLinks(of person: [UInt8]) -> [UInt8]? { contents.persons[person]?.sealedLinks }

    func enterpriseName(_ uscc: String) -> String? { contents.enterprises[uscc] }

    func object(_ id: [UInt8]) -> ObjectRecord? { contents.objects[id] }

    func hasObject(_ id: [UInt8]) -> Bool { contents.objects[id] != nil }

    func hasLinkedPair(_ digest: [UInt8]) -> Bool { contents.linkedPairs.values.contains(digest) }

    func linkedPersons(countMax: Int) -> [(subject: [UInt8], sealedLinks: [UInt8])] {
        contents.persons.filter { contents.linkedPairs[$0.key] != nil }.prefix(countMax).map {
            ($0.key, $0.value.sealedLinks)
        }
    }

    func insertPerson(_ subject: [UInt8], residentDigest: [UInt8], sealedLinks: [UInt8], at now: UInt64) throws {
        let isNew = contents.persons[subject] == nil && person(residentDigest: residentDigest) == nil
        try change(if: isNew) {
            $0.persons[subject] = .init(residentDigest: residentDigest, sealedLinks: sealedLinks)
        }
    }

    func setSealedLinks(_ sealed: [UInt8], of person: [UInt8]) throws {
        guard contents.persons[person] != nil else { return }
        try change { $0.persons[person]?.sealedLinks = sealed }
    }

    func setLinkedPair(_ digest: [UInt8], of person: [UInt8]) throws {
        try change { $0.linkedPairs[person] = digest }
    }

    func insertEnterprise(_ uscc: String, name: String, at now: UInt64) throws {
        try change(if: contents.enterprises[uscc] == nil) { $0.enterprises[uscc] = name }
    }

    func insertObject(_ id: [UInt8], _ object: ObjectRecord, at now: UInt64) throws {
        try change(if: contents.objects[id] == nil) { $0.objects[id] = object }
    }
}

extension MemoryTransaction {
    func issuerKeys() -> [IssuerKeyRecord] {
        contents.keys.sorted { first, second in
            first.notBefore == second.notBefore
                ? first.spki.lexicographicallyPrecedes(second.spki) : first.notBefore < second.notBefore
        }
    }

    func activeIssuerKey(uses: [String]) -> IssuerKeyRecord? {
        contents.keys.first { $0.uses == uses && $0.status == .active }
    }

    func putIssuerKey(_ key: IssuerKeyRecord) throws {
        let place = contents.keys.firstIndex { $0.spki == key.spki }
        let new = place.map { contents.keys[$0].with(key.status, retiredAt: key.retiredAt) } ?? key
        let old = place.map { contents.keys[$0].status } ?? key.status
        let isOnward = old == key.status || (key.status != .active && old != .compromised)
        let isOnly =
            key.status != .active
            || !contents.keys.contains { other in
                other.spki != key.spki && other.uses == new.uses && other.status == .active
            }
        try change(if: isOnward && isOnly) { contents in
            if let place { contents.keys[place] = new } else { contents.keys.append(new) }
        }
    }
}

extension MemoryTransaction {
    func keptAnswer(toKeys keys: (String, String)) -> KeptAnswer? {
        contents.answers[keys.0] ?? contents.answers[keys.1]
    }

    func putAnswer(_ answer: KeptAnswer) throws {
        try change { $0.answers[answer.key] = answer }
    }

    func deleteAnswers(until time: UInt64, countMax: Int) throws -> Int {
        let ended = contents.answers.values.filter { $0.time <= time }
        let doomed = ended.sorted { ($0.time, $0.key) < ($1.time, $1.key) }.prefix(countMax)
        for answer in doomed { try change { $0.answers[answer.key] = nil } }
        return doomed.count
    }

    func counter(_ name: String) -> UInt64? { contents.counters[name] }

    func raiseCounter(_ name: String, to value: UInt64) throws {
        try change { $0.counters[name] = max($0.counters[name] ?? 0, value) }
    }

    func auditLines(after number: UInt64, count: Int, subject: String?) -> [AuditLine] {
        let start = max(number, contents.trailFloor?.number ?? 0)
        let lines = contents.audit.filter { line in
            line.number > start && (subject.map { $0.lowercased() == line.subject.lowercased() } ?? true)
        }
        return Array(lines.prefix(count))
    }

    func insertAuditLine(uid: UInt64, action: String, subject: String, detail: String?, at now: UInt64) throws {
        let number = max(contents.audit.last?.number ?? 0, contents.auditNumber) + 1
        try change {
            $0.audit.append(
                AuditLine(
                    number: number, time: now, uid: uid, action: action, subject: subject, detail: detail))
        }
    }

    func position() -> RegistryPosition? { contents.position }

    func beginPosition(of installation: [UInt8]) throws {
        try change(if: contents.position == nil) {
            $0.position = RegistryPosition(installation: installation, commitCount: 0, blockCommitCount: 0)
        }
    }

    func raiseCommitCount(to count: UInt64) throws {
        guard let old = contents.position else { return }
        try change {
            $0.position = RegistryPosition(
                installation: old.installation, commitCount: max(old.commitCount, count),
                blockCommitCount: old.blockCommitCount)
        }
    }
}

extension MemoryTransaction {
    func gate(_ identifier: [UInt8]) -> GateRecord? { contents.gates[identifier] }

    func gates(after identifier: [UInt8]?, count: Int) -> [GateRecord] {
        let sorted = contents.gates.values.sorted { $0.identifier.lexicographicallyPrecedes($1.identifier) }
        let later = sorted.filter { gate in identifier.map { $0.lexicographicallyPrecedes(gate.identifier) } ?? true }
        return Array(later.prefix(count))
    }

    func putGate(_ gate: GateRecord) throws {
        let old = contents.gates[gate.identifier]
        try change(if: old?.status != .revoked || gate.status == .revoked) { contents in
            contents.gates[gate.identifier] =
                old.map { old in
                    GateRecord(
                        identifier: old.identifier, name: old.name, signingKey: old.signingKey,
                        receivingKey: gate.receivingKeyAt > old.receivingKeyAt ? gate.receivingKey : old.receivingKey,
                        site: old.site, scenes: old.scenes, domains: old.domains, status: gate.status,
                        registeredAt: old.registeredAt, statusAt: gate.statusAt,
                        keysIssuedAt: max(old.keysIssuedAt, gate.keysIssuedAt),
                        receivingKeyAt: max(old.receivingKeyAt, gate.receivingKeyAt))
                } ?? gate
        }
    }

    func gateReport(_ gate: [UInt8]) -> GateReportRecord? { contents.gateReports[gate] }

    func gateStandings(after identifier: [UInt8]?, count: Int) -> [GateStanding] {
        gates(after: identifier, count: count).map { gate in
            GateStanding(
                identifier: gate.identifier, status: gate.status, registeredAt: gate.registeredAt,
                report: contents.gateReports[gate.identifier]?.mark)
        }
    }

    func putGateReport(_ report: GateReportRecord) throws {
        let old = contents.gateReports[report.gate]?.mark.counter
        try change(if: old.map { $0 < report.mark.counter } ?? true) { $0.gateReports[report.gate] = report }
    }
}

extension MemoryTransaction {
    func settlement(of gate: [UInt8], on day: UInt64) -> SettlementRecord? {
        contents.settlements.first { $0.gate == gate && $0.day == day }
    }

    func settlements(on day: UInt64, after gate: [UInt8]?, count: Int) -> [SettlementRecord] {
        let sorted = contents.settlements.filter { $0.day == day }
            .sorted { $0.gate.lexicographicallyPrecedes($1.gate) }
        let later = sorted.filter { record in gate.map { $0.lexicographicallyPrecedes(record.gate) } ?? true }
        return Array(later.prefix(count))
    }

    func insertSettlement(_ settlement: SettlementRecord) throws {
        try change(if: self.settlement(of: settlement.gate, on: settlement.day) == nil) {
            $0.settlements.append(settlement)
        }
    }
}
