extension StatementTransaction {
    private static var gateColumns: String {
        """
        id, name, signingKey, receivingKey, site, scenes, domains, status, registeredAt, statusAt, keysIssuedAt,
        receivingKeyAt
        """
    }

    package func gate(_ identifier: [UInt8]) throws -> GateRecord? {
        try database.first(
            "SELECT \(Self.gateColumns) FROM gate WHERE id = ?", .bytes(identifier), read: Self.gate)
    }

    package func gates(after identifier: [UInt8]?, count: Int) throws -> [GateRecord] {
        try database.all(
            "SELECT \(Self.gateColumns) FROM gate WHERE id > ?1 OR ?1 IS NULL ORDER BY id LIMIT ?2",
            identifier.map { .bytes($0) }, .integer(Int64(count)), read: Self.gate)
    }

    package func putGate(_ gate: GateRecord) throws {
        try database.run(
            """
            INSERT INTO gate (\(Self.gateColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                receivingKey = CASE WHEN excluded.receivingKeyAt > gate.receivingKeyAt
                    THEN excluded.receivingKey ELSE gate.receivingKey END,
                receivingKeyAt = \(Self.higher("gate.receivingKeyAt", "excluded.receivingKeyAt")),
                status = excluded.status, statusAt = excluded.statusAt,
                keysIssuedAt = \(Self.higher("gate.keysIssuedAt", "excluded.keysIssuedAt"))
            """, .bytes(gate.identifier), .text(gate.name), .bytes(gate.signingKey), .bytes(gate.receivingKey),
            .text(gate.site), .text(gate.scenes.joined(separator: " ")), .text(gate.domains.joined(separator: " ")),
            .text(gate.status.rawValue), .integer(gate.registeredAt), .integer(gate.statusAt),
            .integer(gate.keysIssuedAt), .integer(gate.receivingKeyAt))
    }

    private static func gate(_ row: Engine.Row) throws(StorageError) -> GateRecord {
        guard let status = GateRecord.Status(rawValue: try row.text(7)) else {
            throw .corruptRow("the status of a gate")
        }
        return GateRecord(
            identifier: try row.blob(0), name: try row.text(1), signingKey: try row.blob(2),
            receivingKey: try row.blob(3), site: try row.text(4),
            scenes: try row.text(5).split(separator: " ").map(String.init),
            domains: try row.text(6).split(separator: " ").map(String.init), status: status,
            registeredAt: try row.unsigned(8), statusAt: try row.unsigned(9), keysIssuedAt: try row.unsigned(10),
            receivingKeyAt: try row.unsigned(11))
    }
}
