extension StatementTransaction {
    private static var settlementColumns: String { "gate, day, record, entry, registeredAt" }

    package func settlement(of gate: [UInt8], on day: UInt64) throws -> SettlementRecord? {
        try database.first(
            "SELECT \(Self.settlementColumns) FROM settlement WHERE day = ? AND gate = ?", .integer(day), .bytes(gate),
            read: Self.settlement)
    }

    package func settlements(on day: UInt64, after gate: [UInt8]?, count: Int) throws -> [SettlementRecord] {
        try database.all(
            """
            SELECT \(Self.settlementColumns) FROM settlement
            WHERE day = ?1 AND (gate > ?2 OR ?2 IS NULL) ORDER BY gate LIMIT ?3
            """, .integer(day), gate.map { .bytes($0) }, .integer(Int64(count)), read: Self.settlement)
    }

    package func insertSettlement(_ settlement: SettlementRecord) throws {
        try database.run(
            "INSERT INTO settlement (day, gate, record, entry, registeredAt) VALUES (?, ?, ?, ?, ?)",
            .integer(settlement.day), .bytes(settlement.gate), .bytes(settlement.record),
            .integer(settlement.entryIndex), .integer(settlement.registeredAt))
    }

    private static func settlement(_ row: Engine.Row) throws(StorageError) -> SettlementRecord {
        SettlementRecord(
            gate: try row.blob(0), day: try row.unsigned(1), record: try row.blob(2), entryIndex: try row.unsigned(3),
            registeredAt: try row.unsigned(4))
    }
}
