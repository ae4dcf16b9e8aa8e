import Credential
import TraceLog

@testable import Storage

/// All that a store holds, as its own reads tell it.
enum StoreContents {
    static let names = [
        "keys", "objects", "persons", "pairs", "enterprises", "codes", "live", "blocks", "floors", "lists", "revoked",
        "offers", "holdings", "held", "answers", "counters", "issued", "audit", "trail", "position", "entries",
        "histories",
        "own",
        "heads", "openings", "requests", "floor", "gates", "reports", "settlements",
        "epochs", "sealed", "recovery",
    ]

    static func lines(_ snapshot: any StoreSnapshot) throws -> [String] {
        try registry(snapshot) + wallets(snapshot) + status(snapshot) + log(snapshot) + gates(snapshot)
            + erasure(snapshot)
    }

    private static func line(_ name: String, _ parts: [Any?]...) -> String {
        "\(name): \(parts.flatMap { part in part.compactMap(\.self).map { "\($0)" } })"
    }

    private static func registry(_ snapshot: any StoreSnapshot) throws -> [String] {
        let ids = StoreStep.identifiers
        let linked = try snapshot.linkedPersons(countMax: 100).map { "\($0)" }.sorted()
        return [
            line("keys", try snapshot.issuerKeys(), try StoreStep.uses.map { try snapshot.activeIssuerKey(uses: $0) }),
            line("objects", try ids.map { try snapshot.object($0) }, try ids.filter { try snapshot.hasObject($0) }),
            line(
                "persons", try ids.map { try snapshot.person(residentDigest: $0) },
                try ids.map { try snapshot.sealedLinks(of: $0) }),
            line("pairs", linked, try ids.filter { try snapshot.hasLinkedPair($0) }),
            line("enterprises", try StoreStep.names.map { try snapshot.enterpriseName($0) }),
            line("answers", try StoreStep.names.map { try snapshot.keptAnswer(toKeys: ($0, $0)) }),
            line("counters", try StoreStep.names.map { try snapshot.counter($0) }),
            line(
                "issued",
                try ids.map { id in
                    try StoreStep.names.map { try snapshot.issuedCount(of: UInt64(id[0]), form: $0) }
                }),
            line(
                "audit",
                try snapshot.auditLines(after: 0, count: 1000, subject: nil),
                try snapshot.auditLines(after: 3, count: 4, subject: "A")),
            line(
                "trail", [try snapshot.trailChain()], [try snapshot.trailFloor()],
                [try snapshot.firstAuditNumber(after: try snapshot.trailFloor()?.number ?? 0, since: 5)]),
            line("position", [try snapshot.position()]),
        ]
    }

    private static func wallets(_ snapshot: any StoreSnapshot) throws -> [String] {
        let ids = StoreStep.identifiers
        return [
            line(
                "offers", try ids.map { try snapshot.offer($0) },
                try ids.map { try snapshot.offer(codeDigest: $0 + [1]) },
                try ids.map { try snapshot.offer(lossDigest: $0) },
                try StoreStep.names.flatMap { try snapshot.openOffers(of: $0) } as [OfferRecord]),
            line(
                "holdings", try ids.map { try snapshot.holding($0) },
                try ids.map { try snapshot.holding(lossDigest: $0) },
                try StoreStep.names.flatMap { try snapshot.holdings(of: $0, countMax: 3) } as [HoldingRecord],
                try snapshot.holdings(after: [1], countMax: 2)),
            line(
                "held",
                try ids.flatMap { id in
                    try StoreStep.names.flatMap { name in
                        let places = try snapshot.liveStatusPlaces(ofHolding: id, subject: name, at: 2)
                        return places.own + places.guardians
                    }
                } as [StatusPlace],
                try StoreStep.names.flatMap { try snapshot.liveCodes(of: $0, guardian: nil, at: 2, countMax: 4) }
                    as [LiveCode],
                try StoreStep.names.flatMap { try snapshot.liveCodes(of: $0, guardian: "a", at: 2, countMax: 4) }
                    as [LiveCode]),
        ]
    }

    private static func status(_ snapshot: any StoreSnapshot) throws -> [String] {
        let lists = StoreStep.lists.map(\.name)
        let range: Range<UInt64> = 1..<5
        return [
            line(
                "codes",
                try StoreStep.names.flatMap { try snapshot.codes(of: $0, after: nil, count: 100) } as [StoredCode],
                try StoreStep.identifiers.flatMap { try snapshot.codes(of: "a", after: $0 + $0 + [0], count: 3) }
                    as [StoredCode]),
            line(
                "live",
                try StoreStep.names.flatMap { name in
                    try snapshot.liveStatusPlaces(code: [1], subject: name, at: 4).map { "\($0)" }.sorted()
                } as [String]),
            line("blocks", try lists.map { try snapshot.newestStatusBlock(of: $0) }),
            line("floors", try lists.map { try snapshot.statusFloor(named: $0) }),
            line("lists", try snapshot.statusListNames().sorted(), try lists.map(snapshot.hasCode)),
            line(
                "revoked",
                try lists.flatMap { try snapshot.revokedIndices(of: $0, in: range) } as [UInt64],
                try lists.map { try snapshot.revokedCount(of: $0, in: range) },
                try lists.map { try snapshot.revokedBounds(of: $0) }),
        ]
    }

    private static func erasure(_ snapshot: any StoreSnapshot) throws -> [String] {
        let kinds = SealedField.Kind.allCases
        let first = try kinds.flatMap { try snapshot.sealedFields($0, after: nil, countMax: 2) }
        let rest = try kinds.flatMap { kind in
            let last = try snapshot.sealedFields(kind, after: nil, countMax: 1).last?.place
            return try snapshot.sealedFields(kind, after: last, countMax: 100)
        }
        return [
            line("epochs", try snapshot.epochKeys(), [try snapshot.hasSealedField(under: 1)]),
            line("sealed", first, rest), line("recovery", [try snapshot.isRecoveryNeeded()]),
        ]
    }

    private static func gates(_ snapshot: any StoreSnapshot) throws -> [String] {
        let (gates, days) = (StoreStep.gates, StoreStep.days)
        return [
            line(
                "gates", try gates.map { try snapshot.gate($0) }, try snapshot.gates(after: nil, count: 2),
                try snapshot.gates(after: gates[0], count: 10)),
            line(
                "reports", try gates.map { try snapshot.gateReport($0) },
                try snapshot.gateStandings(after: nil, count: 2),
                try snapshot.gateStandings(after: gates[1], count: 10)),
            line(
                "settlements",
                try gates.flatMap { gate in try days.map { try snapshot.settlement(of: gate, on: $0) } }
                    as [SettlementRecord?],
                try days.flatMap { try snapshot.settlements(on: $0, after: nil, count: 2) } as [SettlementRecord],
                try days.flatMap { try snapshot.settlements(on: $0, after: gates[1], count: 10) }
                    as [SettlementRecord]),
        ]
    }

    private static func log(_ snapshot: any StoreSnapshot) throws -> [String] {
        var own: [String] = []
        for isNewestFirst in [false, true] {
            for (part, end) in [([], nil), ([1], 12), ([], 9)] as [([UInt8], UInt64?)] {
                try snapshot.visitOwnEntries(containing: part, before: end, newestFirst: isNewestFirst) {
                    own.append("\($0) \($1)")
                    return own.count < 40
                }
            }
        }
        let objects = StoreStep.objects.filter { $0 != .log }
        return [
            line(
                "entries", [try snapshot.newestEntry()], try snapshot.entries(0..<1000), try snapshot.entries(3..<6),
                [try snapshot.entryByteCount(2..<20)]),
            line(
                "histories",
                try StoreStep.objects.flatMap { try snapshot.entries(of: $0, from: 1, count: 3) } as [StoredEntry]),
            line(
                "own", own, [try snapshot.newestOwnEntry()],
                try (0..<40).map { try snapshot.object(ofEntry: UInt64($0)) }),
            line(
                "heads",
                try StoreStep.objects.map { try snapshot.head(of: $0) },
                try objects.map { try snapshot.head(of: $0, before: 8) }, try snapshot.heads(from: [], count: 10),
                try snapshot.heads(from: [2], count: 1),
                [try snapshot.newestHeadIndex()]),
            line("openings", try snapshot.openings(0..<1000, count: 1000), try snapshot.openings(2..<9, count: 3)),
            line("requests", try StoreStep.names.map { try snapshot.keptRequest(($0, $0)) }),
            line("floor", [try snapshot.logFloor()]),
        ]
    }
}
