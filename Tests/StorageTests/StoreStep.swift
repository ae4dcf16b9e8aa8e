import Credential
import Signing
import TestSupport
import Testing
import TraceLog

@testable import Storage

/// One random change of a store, out of few values, so that changes meet.
struct StoreStep: Sendable {
    static let names = ["a", "b", "B"]
    static let uses = [["person", "object"], ["checkpoint"]]
    static let identifiers: [[UInt8]] = (1...5).map { [$0] }
    static let gates = (1...3).map { [UInt8](repeating: $0, count: GateRecord.identifierByteCount) }
    static let days: [UInt64] = [20_000, 20_001]
    static let lists = [
        StatusListReference(issuer: "SH", form: .object, day: nil),
        StatusListReference(issuer: "SH", form: .person, day: 7),
    ]
    static let objects = [ObjectID.log] + (1...3).compactMap { ObjectID([UInt8](repeating: $0, count: 8)) }

    let name: String
    /// What the change gave, as text.
    let run: @Sendable (any StoreTransaction) throws -> String

    init<Value>(_ name: String, _ run: @escaping @Sendable (any StoreTransaction) throws -> Value) {
        self.name = name
        self.run = { "\(try run($0))" }
    }

    static func random(using random: inout SeededGenerator) -> StoreStep {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: registry(Draw(using: &random), Int.random(in: 0..<16, using: &random))
        case 1: status(Draw(using: &random), Int.random(in: 0..<8, using: &random))
        case 2: log(Draw(using: &random), Int.random(in: 0..<8, using: &random))
        case 3: gate(Draw(using: &random), Int.random(in: 0..<7, using: &random))
        case 4: erasure(Draw(using: &random), Int.random(in: 0..<3, using: &random))
        default: wallets(Draw(using: &random), Int.random(in: 0..<5, using: &random))
        }
    }

    /// Some or all rows that a step may read.
    static func foreseen(using random: inout SeededGenerator) -> ForeseenReads {
        var reads = ForeseenReads()
        if Bool.random(using: &random) { (reads.answerKeys, reads.requestKeys) = (names, names) }
        if Bool.random(using: &random) { (reads.residentDigests, reads.persons) = (identifiers, identifiers) }
        if Bool.random(using: &random) { (reads.enterprises, reads.objects) = (names, identifiers) }
        if Bool.random(using: &random) { reads.heads = objects.map(\.bytes) }
        return reads
    }

    /// The values that a step takes.
    struct Draw: Sendable {
        let name, other: String
        let bytes, more: [UInt8]
        let list: StatusListReference
        let object: ObjectID
        let number: UInt64
        let isOdd: Bool

        init(using random: inout SeededGenerator) {
            name = StoreStep.names.randomElement(using: &random) ?? ""
            other = StoreStep.names.randomElement(using: &random) ?? ""
            bytes = StoreStep.identifiers.randomElement(using: &random) ?? []
            more = StoreStep.identifiers.randomElement(using: &random) ?? []
            list = StoreStep.lists[Int.random(in: 0..<StoreStep.lists.count, using: &random)]
            object = StoreStep.objects.randomElement(using: &random) ?? .log
            number = .random(in: 0..<9, using: &random)
            isOdd = .random(using: &random)
        }

        /// The identifier of a gate.
        var gate: [UInt8] { StoreStep.gates[Int(bytes[0] - 1) % StoreStep.gates.count] }

        var report: GateReportRecord {
            GateReportRecord(
                gate: gate,
                mark: .init(
                    counter: number, issuedAt: number * 2, receivedAt: number * 2 + 1,
                    bundleVersion: isOdd ? number : nil, clockOffsetSeconds: isOdd ? nil : -Int64(number)), text: other,
                signature: more)
        }

        var hash: MerkleHash { MerkleHash([UInt8](repeating: bytes[0], count: 32)) ?? .emptyRoot }
        var otherHash: MerkleHash { MerkleHash([UInt8](repeating: more[0], count: 32)) ?? .emptyRoot }
    }

    private static func registry(_ draw: Draw, _ kind: Int) -> StoreStep {
        switch kind {
        case 0:
            StoreStep("person") {
                try $0.insertPerson(draw.bytes, residentDigest: draw.more, sealedLinks: [7], at: draw.number)
            }
        case 1: StoreStep("links") { try $0.setSealedLinks(draw.more, of: draw.bytes) }
        case 2: StoreStep("pair") { try $0.setLinkedPair(draw.more, of: draw.bytes) }
        case 3: StoreStep("enterprise") { try $0.insertEnterprise(draw.name, name: draw.other, at: draw.number) }
        case 4:
            StoreStep("object") { transaction in
                let place = Location(
                    latitudeMicrodegrees: -1, longitudeMicrodegrees: Int64(draw.number), reference: .gcj02)
                let record = ObjectRecord(
                    kind: .place, manager: try USCC("91310000MA1FL0000N"),
                    category: try #require(ObjectCategory(number: 1)), name: draw.isOdd ? "" : nil,
                    location: draw.isOdd ? place : nil)
                try transaction.insertObject(draw.bytes, record, at: draw.number)
            }
        case 5, 6:
            StoreStep("key") { transaction in
                let uses = StoreStep.uses[draw.isOdd ? 0 : 1]
                let status: IssuerKeyRecord.Status = [.active, .retired, .compromised][Int(draw.number % 3)]
                try transaction.putIssuerKey(
                    IssuerKeyRecord(
                        keyIdentifier: [1, 2, 3, draw.bytes[0]], issuer: "SH", spki: draw.bytes, uses: uses,
                        notBefore: UInt64(draw.bytes[0] % 2), expiresAt: 9, status: status,
                        retiredAt: status == .active ? nil : draw.number))
            }
        case 7:
            StoreStep("answer") {
                _ = try $0.deleteAnswers(until: draw.number / 2, countMax: 1)
                try $0.putAnswer(
                    KeptAnswer(
                        key: draw.name, requestDigest: draw.bytes, sealedAnswer: Array(draw.other.utf8),
                        time: draw.number))
            }
        case 8: StoreStep("counter") { try $0.raiseCounter(draw.name, to: draw.number) }
        case 9:
            StoreStep("audit") {
                try $0.insertAuditLine(
                    uid: 7, action: draw.other, subject: draw.name, detail: draw.isOdd ? draw.other : nil,
                    at: draw.number)
            }
        case 11: StoreStep("issued") { try $0.putIssuedCount(.init(day: 7, count: draw.number), of: 1, form: "a") }
        case 10: StoreStep("begin") { try $0.beginPosition(of: [UInt8](repeating: 1, count: 16)) }
        case 13:
            StoreStep("chain") {
                try $0.putTrailChain(TrailChainState(number: draw.number, hash: [draw.bytes[0]]))
            }
        case 14:
            StoreStep("trail floor") {
                try $0.raiseTrailFloor(to: TrailChainState(number: draw.number / 2, hash: [draw.bytes[0]]))
            }
        case 15:
            StoreStep("trail drops") { transaction in
                while try transaction.deleteAuditLines(countMax: 2) {}
            }
        default: StoreStep("raise") { try $0.raiseCommitCount(to: draw.number * 3) }
        }
    }

    private static func status(_ draw: Draw, _ kind: Int) -> StoreStep {
        let list = draw.list.name
        // A few codes have no list, as timed codes do.
        let codeList = draw.number == 4 ? nil : draw.list
        let base = draw.number * UInt64(Registry.statusBlockCount)
        switch kind {
        case 0:
            return StoreStep("code") {
                try $0.insertCode(
                    IssuedCodeRecord(
                        id: draw.bytes + draw.more + [codeList.map { $0.day == nil ? 0 : 1 } ?? 2], subject: draw.name,
                        form: .object,
                        kind: nil, list: codeList,
                        statusIndex: codeList.map { _ in draw.number },
                        actor: draw.isOdd ? draw.other : nil,
                        actorIndex: draw.isOdd && codeList != nil ? draw.number + 1 : nil, issuedAt: draw.number / 2,
                        expiresAt: draw.number.isMultiple(of: 3) && draw.list.day == nil ? nil : draw.number,
                        keyIdentifier: [1, 2, 3, 4],
                        holding: draw.number.isMultiple(of: 2) ? draw.more : nil))
            }
        case 1:
            return StoreStep("revoke") {
                try $0.revoke(
                    StatusPlace(list: list, index: draw.number), at: UInt64(draw.bytes[0]),
                    sealedReason: draw.isOdd ? draw.more : nil)
            }
        case 2:
            return StoreStep("block") { transaction in
                let order = (0..<UInt16(Registry.statusBlockCount)).reversed()
                try transaction.insertStatusBlock(of: list, base: base, order: Array(order))
            }
        case 3: return StoreStep("use") { try $0.setUsedCount(Int(draw.bytes[0]), ofStatusBlock: base, of: list) }
        case 4: return StoreStep("close") { try $0.closeStatusBlock(base, of: list) }
        case 5: return StoreStep("floor") { try $0.raiseStatusFloor(named: list, to: base) }
        case 6:
            return StoreStep("codes end") { transaction in
                // Days before the codes' own, mostly, so that there are codes.
                while try transaction.deleteCodes(before: draw.number, countMax: 2) {}
            }
        default:
            return StoreStep("status ends") { transaction in
                guard draw.number == 0 else { return "none" }
                return "\(try transaction.deleteStatusRows(of: list, countMax: 2))"
            }
        }
    }

    private static func log(_ draw: Draw, _ kind: Int) -> StoreStep {
        switch kind {
        case 0, 1:
            StoreStep("append") { transaction in
                let newest = try transaction.newestEntry()?.index
                let index = draw.number == 0 ? 0 : newest.map { $0 + 1 } ?? 0
                let sequence = try transaction.head(of: draw.object).map { $0.sequence + (draw.number == 1 ? 0 : 1) }
                let entry = StoredEntry(index: index, leafHash: draw.hash, bytes: draw.bytes + draw.more)
                try transaction.appendEntry(
                    entry, head: entry.head(of: draw.object, sequence: sequence ?? 0),
                    recordedAtMilliseconds: draw.number)
                guard draw.isOdd else { return index }
                try transaction.insertOpenings(
                    [draw.hash, draw.otherHash].map {
                        StoredOpening(index: index, commitment: $0, sealed: draw.more + [1])
                    }, of: index)
                return index
            }
        case 2:
            StoreStep("reserve") { transaction in
                let sequence = try transaction.newestOwnEntry().map { $0.sequence + 1 } ?? 0
                let index = try transaction.newestEntry().map { $0.index + 1 } ?? 0
                try transaction.reserveEntry(
                    OwnEntry(index: index, sequence: sequence, recordedAtMilliseconds: draw.number, bytes: []))
            }
        case 3:
            StoreStep("fill") { transaction in
                guard let reserved = try transaction.newestOwnEntry(), reserved.isReserved else { return "none" }
                let entry = StoredEntry(index: reserved.index, leafHash: draw.hash, bytes: draw.bytes)
                try transaction.fillEntry(entry, head: entry.head(of: .log, sequence: reserved.sequence))
                return "filled"
            }
        case 4: StoreStep("erase") { try $0.eraseOpenings(of: draw.number) }
        case 5:
            StoreStep("request") { transaction in
                let answer = AppendAnswer(index: draw.number, sequence: 1, leafHash: draw.hash)
                try transaction.insertRequest(KeptRequest(digest: draw.bytes, answer: answer), key: draw.name)
            }
        case 6: StoreStep("set floor") { try $0.setLogFloor(LogFloor(size: draw.number, root: draw.hash)) }
        default:
            StoreStep("remove floor") { transaction in
                if draw.number == 0 { try transaction.removeLogFloor() }
            }
        }
    }

    private static func gate(_ draw: Draw, _ kind: Int) -> StoreStep {
        switch kind {
        case 0:
            StoreStep("gate") {
                try $0.putGate(
                    GateRecord(
                        identifier: draw.gate, name: draw.name, signingKey: draw.bytes, receivingKey: draw.more,
                        site: draw.other, scenes: StoreStep.names, domains: draw.isOdd ? ["transit"] : [],
                        registeredAt: draw.number, statusAt: draw.number, keysIssuedAt: draw.number,
                        receivingKeyAt: draw.number / 2))
            }
        case 1:
            StoreStep("gate status") {
                // Few gates are revoked, since they stay so.
                let status: GateRecord.Status = draw.number == 8 ? .revoked : draw.isOdd ? .active : .suspended
                return try Registry.setStatus(status, ofGate: draw.gate, at: draw.number, in: $0)?.isNew as Any
            }
        case 2:
            StoreStep("gate key") { transaction in
                try transaction.gate(draw.gate).map {
                    try Registry.setReceivingKey(draw.more, of: $0, at: draw.number, in: transaction)
                } as Any
            }
        case 3:
            StoreStep("gate keys") { transaction in
                try transaction.gate(draw.gate).map {
                    try Registry.nextKeysTime(of: $0, at: draw.number, in: transaction)
                } as Any
            }
        case 4: StoreStep("put report") { try $0.putGateReport(draw.report) }
        case 5: StoreStep("take report") { try Registry.take(draw.report, in: $0) }
        default:
            StoreStep("settlement") {
                try $0.insertSettlement(
                    SettlementRecord(
                        gate: draw.gate, day: StoreStep.days[draw.isOdd ? 0 : 1], record: draw.more,
                        entryIndex: draw.number, registeredAt: draw.number + 1))
            }
        }
    }
}
