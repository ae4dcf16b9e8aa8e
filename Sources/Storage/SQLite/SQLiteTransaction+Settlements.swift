extension SQLiteTransaction {
    private static let settlementColumns = "gate, day, record, entry, registeredAt"

    func settlement(of gate: [UInt8], on day: UInt64) throws -> SettlementRecord? {
        try database.first(
            "SELECT \(Self.settlementColumns) FROM settlement WHERE day = ? AND gate = ?", .integer(day), .bytes(gate),
            read: Self.settlement)
    }

    func settlements(on day: UInt64, after gate: [UInt8]?, count: Int) throws -> [SettlementRecord] {
        try database.all(
            """
            SELECT \(Self.settlementColumns) FROM settlement
            WHERE day = ?1 AND (?2 IS NULL OR gate > ?2) ORDER BY gate LIMIT ?3
            """, .integer(day), gate.map { .bytes($0) }, .integer(Int64(count)), read: Self.settlement)
    }

    func insertSettlement(_ settlement: SettlementRecord) throws {
        try database.run(
            "INSERT INTO settlement (day, gate, record, entry, registeredAt) VALUES (?, ?, ?, ?, ?)",
            .integer(settlement.day), .bytes(settlement.gate), .bytes(settlement.record),
            .integer(settlement.entryIndex), .integer(settlement.registeredAt))
    }

    private static func settlement(_ row: DirectRow) throws(StorageError) -> SettlementRecord {
        SettlementRecord(
            gate: try row.blob(0), day: try row.unsigned(1), record: try row.blob(2), entryIndex: try row.unsigned(3),
            registeredAt: try row.unsigned(4))
    }
}
