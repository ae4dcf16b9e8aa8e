extension StatementTransaction {
    private static var markColumns: String { "counter, issuedAt, receivedAt, bundleVersion, clockOffset" }

    package func gateReport(_ gate: [UInt8]) throws -> GateReportRecord? {
        try database.first(
            "SELECT \(Self.markColumns), report, signature FROM gateReport WHERE id = ?", .bytes(gate)
        ) { row in
            GateReportRecord(
                gate: gate, mark: try Self.mark(row, from: 0), text: try row.text(5), signature: try row.blob(6))
        }
    }

    package func gateStandings(after identifier: [UInt8]?, count: Int) throws -> [GateStanding] {
        try database.all(
            """
            SELECT gate.id, status, registeredAt, \(Self.markColumns)
            FROM gate LEFT JOIN gateReport ON gateReport.id = gate.id
            WHERE gate.id > ? ORDER BY gate.id LIMIT ?
            """, .bytes(identifier ?? []), .integer(Int64(count))
        ) { row in
            guard let status = GateRecord.Status(rawValue: try row.text(1)) else {
                throw StorageError.corruptRow("the status of a gate")
            }
            return GateStanding(
                identifier: try row.blob(0), status: status, registeredAt: try row.unsigned(2),
                report: row.isNull(3) ? nil : try Self.mark(row, from: 3))
        }
    }

    package func putGateReport(_ report: GateReportRecord) throws {
        try database.run(
            """
            INSERT INTO gateReport (id, \(Self.markColumns), report, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                counter = excluded.counter, issuedAt = excluded.issuedAt, receivedAt = excluded.receivedAt,
                bundleVersion = excluded.bundleVersion, clockOffset = excluded.clockOffset,
                report = excluded.report, signature = excluded.signature
            """, .bytes(report.gate), .integer(report.mark.counter), .integer(report.mark.issuedAt),
            .integer(report.mark.receivedAt), try report.mark.bundleVersion.map { try .integer($0) },
            report.mark.clockOffsetSeconds.map { .integer($0) }, .text(report.text), .bytes(report.signature))
    }

    private static func mark(_ row: Engine.Row, from column: Int) throws(StorageError) -> GateReportRecord.Mark {
        GateReportRecord.Mark(
            counter: try row.unsigned(column), issuedAt: try row.unsigned(column + 1),
            receivedAt: try row.unsigned(column + 2), bundleVersion: try row.optionalUnsigned(column + 3),
            clockOffsetSeconds: try row.optionalWholeNumber(column + 4))
    }
}
