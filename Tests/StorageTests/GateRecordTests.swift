import Testing

@testable import Storage

@Suite("The registry's gates")
struct GateRecordTests {
    private static func gate(_ byte: UInt8) -> GateRecord {
        GateRecord(
            identifier: [UInt8](repeating: byte, count: 16), name: "gate \(byte)", signingKey: [1, byte],
            receivingKey: [2, byte], site: "north hall", scenes: ["bus", "metro-gate"], domains: ["transit"],
            registeredAt: 10, statusAt: 10)
    }

    @Test("are kept whole and listed in order, in pages", arguments: Backend.available)
    func kept(backend: Backend) async throws {
        let opened = try backend.open()
        for byte in [3, 1, 2] as [UInt8] { try await opened.store.write { try $0.putGate(Self.gate(byte)) } }
        let second = try opened.store.read { try $0.gate([UInt8](repeating: 2, count: 16)) }
        let unknown = try opened.store.read { try $0.gate([UInt8](repeating: 9, count: 16)) }
        #expect(second == Self.gate(2) && unknown == nil)
        let page = try opened.store.read { try $0.gates(after: nil, count: 2) }
        let next = try opened.store.read { try $0.gates(after: Self.gate(2).identifier, count: 2) }
        #expect(page == [Self.gate(1), Self.gate(2)] && next == [Self.gate(3)])
    }

    @Test("are suspended and resumed, and stay revoked", arguments: Backend.available)
    func status(backend: Backend) async throws {
        let opened = try backend.open()
        let identifier = Self.gate(1).identifier
        try await opened.store.write { try $0.putGate(Self.gate(1)) }
        for (status, time, isNew) in [
            (GateRecord.Status.suspended, 11 as UInt64, true), (.suspended, 12, false), (.active, 13, true),
            (.revoked, 14, true), (.revoked, 15, false),
        ] {
            let change = try await opened.store.write {
                try Registry.setStatus(status, ofGate: identifier, at: time, in: $0)
            }
            #expect(change?.isNew == isNew && change?.gate.status == status, "\(status) at \(time)")
        }
        let gate = try opened.store.read { try $0.gate(identifier) }
        #expect(gate?.statusAt == 14 && gate?.registeredAt == 10)
        for status in [GateRecord.Status.active, .suspended] {
            await #expect(throws: StorageError.self) {
                try await opened.store.write { try Registry.setStatus(status, ofGate: identifier, at: 16, in: $0) }
            }
        }
        let unknown = try await opened.store.write { try Registry.setStatus(.active, ofGate: [7], at: 16, in: $0) }
        #expect(unknown == nil)
    }

    @Test("take a receiving key of a later request, and never an older one again", arguments: Backend.available)
    func receivingKey(backend: Backend) async throws {
        let opened = try backend.open()
        let identifier = Self.gate(1).identifier
        try await opened.store.write { try $0.putGate(Self.gate(1)) }
        _ = try await opened.store.write { try Registry.nextKeysTime(of: Self.gate(1), at: 100, in: $0) }
        func change(_ key: [UInt8], at time: UInt64) async throws -> GateRecord? {
            try await opened.store.write { database in
                try database.gate(identifier).map {
                    try Registry.setReceivingKey(key, of: $0, at: time, in: database)
                }
            }
        }
        #expect(try await change([9], at: 20)?.keysIssuedAt == 101)
        for time in [20, 19] as [UInt64] { #expect(try await change([8], at: time)?.receivingKey == [9]) }
        // A change that was made from an older reading brings no key back.
        try await opened.store.write { try $0.putGate(Self.gate(1)) }
        let gate = try opened.store.read { try $0.gate(identifier) }
        #expect(gate?.receivingKey == [9] && gate?.receivingKeyAt == 20 && gate?.keysIssuedAt == 101)
        #expect(gate?.signingKey == Self.gate(1).signingKey)
    }

    @Test("have a time of sealed keys that only rises", arguments: Backend.available)
    func keysTime(backend: Backend) async throws {
        let opened = try backend.open()
        let identifier = Self.gate(1).identifier
        try await opened.store.write { try $0.putGate(Self.gate(1)) }
        for (now, time) in [(100, 100), (100, 101), (50, 102), (200, 200)] as [(UInt64, UInt64)] {
            let next = try await opened.store.write { database in
                try Registry.nextKeysTime(of: database.gate(identifier) ?? Self.gate(9), at: now, in: database)
            }
            #expect(next == time)
        }
        // A change that was made from an older reading lowers nothing.
        try await opened.store.write { try $0.putGate(Self.gate(1)) }
        #expect(try opened.store.read { try $0.gate(identifier)?.keysIssuedAt } == 200)
    }

    private static func report(_ gate: UInt8, counter: UInt64, _ text: String = "{}") -> GateReportRecord {
        GateReportRecord(
            gate: [UInt8](repeating: gate, count: 16),
            mark: .init(
                counter: counter, issuedAt: 20, receivedAt: 21, bundleVersion: gate == 1 ? 7 : nil,
                clockOffsetSeconds: gate == 1 ? -40 : nil), text: text, signature: [gate])
    }

    @Test("have one report each, whose counter only rises", arguments: Backend.available)
    func reports(backend: Backend) async throws {
        let opened = try backend.open()
        for byte in [1, 2, 3] as [UInt8] { try await opened.store.write { try $0.putGate(Self.gate(byte)) } }
        for (report, outcome) in [
            (Self.report(1, counter: 5), Registry.TakenReport.new), (Self.report(1, counter: 5), .known),
            (Self.report(1, counter: 5, "[]"), .outdated), (Self.report(1, counter: 4), .outdated),
            (Self.report(2, counter: 1), .new), (Self.report(1, counter: 6, "[]"), .new),
        ] {
            #expect(try await opened.store.write { try Registry.take(report, in: $0) } == outcome, "\(report)")
        }
        #expect(
            try opened.store.read { try $0.gateReport(Self.gate(1).identifier) } == Self.report(1, counter: 6, "[]"))
        #expect(try opened.store.read { try $0.gateReport(Self.gate(3).identifier) } == nil)
        await #expect(throws: StorageError.self) {
            try await opened.store.write { try $0.putGateReport(Self.report(1, counter: 6)) }
        }
        let standings = try opened.store.read { try $0.gateStandings(after: nil, count: 2) }
        let rest = try opened.store.read { try $0.gateStandings(after: Self.gate(2).identifier, count: 2) }
        #expect(standings.map(\.report) == [Self.report(1, counter: 6).mark, Self.report(2, counter: 1).mark])
        #expect(rest.map(\.identifier) == [Self.gate(3).identifier] && rest.map(\.report) == [nil])
    }
}
