import Credential

extension StatementTransaction {
    private static var subjectColumns: String { "subject, guardian, scope, days" }
    private static var offerColumns: String {
        "id, \(subjectColumns), code, pin, loss, secret, wrongPINs, status, madeAt, expiresAt"
    }

    package func offer(_ identifier: [UInt8]) throws -> OfferRecord? {
        try database.first(
            "SELECT \(Self.offerColumns) FROM offer WHERE id = ?", .bytes(identifier), read: Self.offer)
    }

    package func offer(codeDigest: [UInt8]) throws -> OfferRecord? {
        try database.first(
            "SELECT \(Self.offerColumns) FROM offer WHERE code = ?", .bytes(codeDigest), read: Self.offer)
    }

    package func offer(lossDigest: [UInt8]) throws -> OfferRecord? {
        try database.first(
            "SELECT \(Self.offerColumns) FROM offer WHERE loss = ?", .bytes(lossDigest), read: Self.offer)
    }

    package func openOffers(of subject: String) throws -> [OfferRecord] {
        try database.all(
            """
            SELECT \(Self.offerColumns) FROM offer WHERE status = 'open' AND subject = ?1
            UNION ALL SELECT \(Self.offerColumns) FROM offer
            WHERE status = 'open' AND guardian = ?1 AND subject <> ?1 ORDER BY id
            """, .text(subject), read: Self.offer)
    }

    package func putOffer(_ offer: OfferRecord) throws {
        try database.run(
            """
            INSERT INTO offer (\(Self.offerColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                secret = excluded.secret, wrongPINs = excluded.wrongPINs, status = excluded.status
            """, .bytes(offer.identifier), .text(offer.subject.subject), offer.subject.guardian.map { .text($0) },
            .integer(offer.subject.scope), .integer(offer.subject.days), .bytes(offer.codeDigest),
            offer.pinDigest.map { .bytes($0) }, .bytes(offer.lossDigest), offer.sealedSecret.map { .bytes($0) },
            .integer(offer.wrongPINCount), .text(offer.status.rawValue), .integer(offer.madeAt),
            .integer(offer.expiresAt))
    }

    package func eraseOfferSecrets(until time: UInt64, countMax: Int) throws -> Int {
        try database.runCounting(
            """
            UPDATE offer SET secret = NULL
            WHERE id IN (SELECT id FROM offer WHERE expiresAt <= ? AND secret IS NOT NULL LIMIT ?)
            """, .integer(Int64(clamping: time)), .integer(Int64(countMax)))
    }

    package func deleteOffers(until time: UInt64, countMax: Int) throws -> Int {
        try database.runCounting(
            "DELETE FROM offer WHERE id IN (SELECT id FROM offer WHERE expiresAt <= ? ORDER BY expiresAt, id LIMIT ?)",
            .integer(Int64(clamping: time)), .integer(Int64(countMax)))
    }

    private static func offer(_ row: Engine.Row) throws(StorageError) -> OfferRecord {
        guard let status = OfferRecord.Status(rawValue: try row.text(10)) else {
            throw .corruptRow("the status of an offer")
        }
        return OfferRecord(
            identifier: try row.blob(0), subject: try subject(row), codeDigest: try row.blob(5),
            pinDigest: try row.optionalBlob(6), lossDigest: try row.blob(7), sealedSecret: try row.optionalBlob(8),
            wrongPINCount: try row.unsigned(9), status: status, madeAt: try row.unsigned(11),
            expiresAt: try row.unsigned(12))
    }

    /// The subject of an offer or a holding, from the columns after the identifier.
    private static func subject(_ row: Engine.Row) throws(StorageError) -> OfferRecord.Subject {
        OfferRecord.Subject(
            subject: try row.text(1), guardian: try row.optionalText(2), scope: try row.unsigned(3),
            days: try row.unsigned(4))
    }
}

extension StatementTransaction {
    private static var holdingColumns: String {
        "id, \(subjectColumns), thumbprint, loss, madeAt, coveredUntil, status, statusAt"
    }

    package func holding(_ identifier: [UInt8]) throws -> HoldingRecord? {
        try database.first(
            "SELECT \(Self.holdingColumns) FROM holding WHERE id = ?", .bytes(identifier), read: Self.holding)
    }

    package func holding(lossDigest: [UInt8]) throws -> HoldingRecord? {
        try database.first(
            "SELECT \(Self.holdingColumns) FROM holding WHERE loss = ?", .bytes(lossDigest), read: Self.holding)
    }

    package func holdings(of subject: String, countMax: Int) throws -> [HoldingRecord] {
        try database.all(
            """
            SELECT \(Self.holdingColumns) FROM holding WHERE subject = ?1
            UNION ALL SELECT \(Self.holdingColumns) FROM holding WHERE guardian = ?1 AND subject <> ?1
            ORDER BY madeAt DESC, id LIMIT ?2
            """, .text(subject), .integer(Int64(countMax)), read: Self.holding)
    }

    package func holdings(after identifier: [UInt8]?, countMax: Int) throws -> [HoldingRecord] {
        try database.all(
            "SELECT \(Self.holdingColumns) FROM holding WHERE id > ? ORDER BY id LIMIT ?", .bytes(identifier ?? []),
            .integer(Int64(countMax)), read: Self.holding)
    }

    package func putHolding(_ holding: HoldingRecord) throws {
        try database.run(
            """
            INSERT INTO holding (\(Self.holdingColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                coveredUntil = \(Self.higher("holding.coveredUntil", "excluded.coveredUntil")),
                status = excluded.status, statusAt = excluded.statusAt
            """, .bytes(holding.identifier), .text(holding.subject.subject),
            holding.subject.guardian.map { .text($0) }, .integer(holding.subject.scope),
            .integer(holding.subject.days), .bytes(holding.thumbprint), .bytes(holding.lossDigest),
            .integer(holding.madeAt), .integer(holding.coveredUntil), .text(holding.status.rawValue),
            .integer(holding.statusAt))
    }

    private static func holding(_ row: Engine.Row) throws(StorageError) -> HoldingRecord {
        guard let status = HoldingRecord.Status(rawValue: try row.text(9)) else {
            throw .corruptRow("the status of a holding")
        }
        return HoldingRecord(
            identifier: try row.blob(0), subject: try subject(row), thumbprint: try row.blob(5),
            lossDigest: try row.blob(6), madeAt: try row.unsigned(7), coveredUntil: try row.unsigned(8),
            status: status, statusAt: try row.unsigned(10))
    }

    package func liveStatusPlaces(ofHolding identifier: [UInt8], subject: String, at now: UInt64) throws
        -> HeldStatusPlaces
    {
        func places(_ column: String) throws -> [StatusPlace] {
            try database.all(
                """
                SELECT list, \(column) FROM code
                WHERE subject = ? AND holding = ? AND expiresAt > ? AND \(column) IS NOT NULL ORDER BY issuedAt, id
                """, .text(subject), .bytes(identifier), .integer(now)
            ) { StatusPlace(list: try $0.text(0), index: try $0.unsigned(1)) }
        }
        return HeldStatusPlaces(own: try places("statusIndex"), guardians: try places("actorIndex"))
    }

    package func liveCodes(of subject: String, guardian: String?, at now: UInt64, countMax: Int) throws -> [LiveCode] {
        try database.all(
            """
            SELECT id, kind, issuedAt, expiresAt, holding FROM code
            WHERE subject = ?1 AND (actor = ?2 OR ?2 IS NULL) AND (expiresAt IS NULL OR expiresAt > ?3)
                AND NOT EXISTS (
                    SELECT 1 FROM revocation WHERE revocation.list = code.list
                        AND revocation.statusIndex IN (code.statusIndex, code.actorIndex))
            ORDER BY issuedAt, id LIMIT ?4
            """, .text(subject), guardian.map { .text($0) }, .integer(now), .integer(Int64(countMax))
        ) { row in
            LiveCode(
                id: try row.blob(0), kind: try row.optionalWholeNumber(1).flatMap { PersonKind(rawValue: $0) },
                issuedAt: try row.unsigned(2), expiresAt: try row.optionalUnsigned(3),
                holding: try row.optionalBlob(4))
        }
    }
}
