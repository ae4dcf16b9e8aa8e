import Credential
import Signing

extension StatementTransaction {
    package func person(residentDigest: [UInt8]) throws -> [UInt8]? {
        try database.first("SELECT subject FROM person WHERE residentDigest = ?", .bytes(residentDigest)) {
            try $0.blob(0)
        }
    }

    package func sealedLinks(of person: [UInt8]) throws -> [UInt8]? {
        try database.first("SELECT links FROM person WHERE subject = ?", .bytes(person)) { try $0.blob(0) }
    }

    package func enterpriseName(_ uscc: String) throws -> String? {
        try database.first("SELECT name FROM enterprise WHERE uscc = ?", .text(uscc)) { try $0.text(0) }
    }

    package func object(_ id: [UInt8]) throws -> ObjectRecord? {
        try database.first(
            "SELECT kind, manager, category, name, latitude, longitude, reference FROM object WHERE id = ?",
            .bytes(id), read: Self.object)
    }

    package func hasObject(_ id: [UInt8]) throws -> Bool {
        try database.first("SELECT 1 FROM object WHERE id = ?", .bytes(id)) { _ in true } ?? false
    }

    package func hasLinkedPair(_ digest: [UInt8]) throws -> Bool {
        try database.first("SELECT 1 FROM holderLink WHERE pair = ?", .bytes(digest)) { _ in true } ?? false
    }

    package func linkedPersons(countMax: Int) throws -> [(subject: [UInt8], sealedLinks: [UInt8])] {
        try database.all(
            "SELECT person.subject, person.links FROM holderLink JOIN person USING (subject) LIMIT ?",
            .integer(Int64(countMax))
        ) { (try $0.blob(0), try $0.blob(1)) }
    }

    package func insertPerson(_ subject: [UInt8], residentDigest: [UInt8], sealedLinks: [UInt8], at now: UInt64) throws
    {
        try database.run(
            "INSERT INTO person VALUES (?, ?, ?, ?)", .bytes(subject), .bytes(residentDigest), .bytes(sealedLinks),
            .integer(now))
    }

    package func setSealedLinks(_ sealed: [UInt8], of person: [UInt8]) throws {
        try database.run("UPDATE person SET links = ? WHERE subject = ?", .bytes(sealed), .bytes(person))
    }

    package func setLinkedPair(_ digest: [UInt8], of person: [UInt8]) throws {
        try database.run(
            "INSERT INTO holderLink VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET pair = excluded.pair",
            .bytes(person), .bytes(digest))
    }

    package func insertEnterprise(_ uscc: String, name: String, at now: UInt64) throws {
        try database.run("INSERT INTO enterprise VALUES (?, ?, ?)", .text(uscc), .text(name), .integer(now))
    }

    package func insertObject(_ id: [UInt8], _ object: ObjectRecord, at now: UInt64) throws {
        try database.run(
            "INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", .bytes(id),
            .integer(Int64(object.kind.rawValue)), .text(object.manager.text), .integer(object.category.number),
            object.name.map { .text($0) }, object.location.map { .integer($0.latitudeMicrodegrees) },
            object.location.map { .integer($0.longitudeMicrodegrees) },
            object.location.map { .integer(Int64($0.reference.rawValue)) }, .integer(now))
    }

    /// An object from a row of kind, manager, category, name and place.
    package static func object(_ row: Engine.Row) throws(StorageError) -> ObjectRecord {
        guard let kind = ObjectKind(rawValue: try row.wholeNumber(0)), let manager = try? USCC(try row.text(1)),
            let category = ObjectCategory(number: try row.unsigned(2))
        else { throw .corruptRow("an object's kind, manager or category is unknown") }
        return ObjectRecord(
            kind: kind, manager: manager, category: category, name: try row.optionalText(3),
            location: try location(row))
    }

    private static func location(_ row: Engine.Row) throws(StorageError) -> Location? {
        guard let latitude = try row.optionalWholeNumber(4), let longitude = try row.optionalWholeNumber(5),
            let number = try row.optionalWholeNumber(6)
        else { return nil }
        guard let reference = Location.Reference(rawValue: number) else {
            throw .corruptRow("an object's reference is unknown")
        }
        return Location(latitudeMicrodegrees: latitude, longitudeMicrodegrees: longitude, reference: reference)
    }
}

extension StatementTransaction {
    package func issuerKeys() throws -> [IssuerKeyRecord] {
        try database.all(
            "SELECT \(Self.keyColumns), retiredAt FROM issuerKey ORDER BY notBefore, spki", read: Self.key)
    }

    package func activeIssuerKey(uses: [String]) throws -> IssuerKeyRecord? {
        // An active key has no time of retirement, and a check may read a registry that is not upgraded yet.
        try database.first(
            "SELECT \(Self.keyColumns), NULL FROM issuerKey WHERE uses = ? AND status = 'active'",
            .text(uses.joined(separator: " ")), read: Self.key)
    }

    package func putIssuerKey(_ key: IssuerKeyRecord) throws {
        try database.run(
            """
            INSERT INTO issuerKey VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (spki) DO UPDATE SET
                status = excluded.status, retiredAt = coalesce(issuerKey.retiredAt, excluded.retiredAt)
            """, .bytes(key.keyIdentifier), .text(key.issuer), .bytes(key.spki),
            .text(key.uses.joined(separator: " ")), .integer(key.notBefore), .integer(key.expiresAt),
            .text(key.status.rawValue), try key.retiredAt.map { try .integer($0) })
    }

    private static var keyColumns: String { "keyIdentifier, issuer, spki, uses, notBefore, expiresAt, status" }

    private static func key(_ row: Engine.Row) throws(StorageError) -> IssuerKeyRecord {
        let keyIdentifier = try row.blob(0)
        guard keyIdentifier.count == VerificationKey.keyIdentifierByteCount else {
            throw .corruptRow("a key identifier has the wrong length")
        }
        return IssuerKeyRecord(
            keyIdentifier: keyIdentifier, issuer: try row.text(1), spki: try row.blob(2),
            uses: try row.text(3).split(separator: " ").map(String.init), notBefore: try row.unsigned(4),
            expiresAt: try row.unsigned(5),
            status: IssuerKeyRecord.Status(rawValue: try row.text(6)) ?? .compromised,
            retiredAt: try row.optionalUnsigned(7))
    }
}

extension StatementTransaction {
    package func keptAnswer(toKeys keys: (String, String)) throws -> KeptAnswer? {
        try database.first(
            "SELECT key, request, answer, at FROM idempotency WHERE key IN (?, ?)", .text(keys.0), .text(keys.1)
        ) { row in
            noteRepeatedAnswer()
            return try Self.keptAnswer(row)
        }
    }

    /// An answer from a row of key, request, answer and time.
    package static func keptAnswer(_ row: Engine.Row) throws(StorageError) -> KeptAnswer {
        KeptAnswer(
            key: try row.text(0), requestDigest: try row.blob(1), sealedAnswer: try row.blob(2),
            time: try row.unsigned(3))
    }

    package func putAnswer(_ answer: KeptAnswer) throws {
        try database.run(
            """
            INSERT INTO idempotency VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET
                request = excluded.request, answer = excluded.answer, at = excluded.at
            """, .text(answer.key), .bytes(answer.requestDigest),
            .bytes(answer.sealedAnswer), .integer(answer.time))
    }

    package func deleteAnswers(until time: UInt64, countMax: Int) throws -> Int {
        try database.runCounting(
            """
            DELETE FROM idempotency
            WHERE key IN (SELECT key FROM idempotency WHERE at <= ? ORDER BY at, key LIMIT ?)
            """, .integer(Int64(clamping: time)), .integer(Int64(countMax)))
    }

    package func counter(_ name: String) throws -> UInt64? {
        try database.first("SELECT value FROM counter WHERE name = ?", .text(name)) { try $0.unsigned(0) }
    }

    package func raiseCounter(_ name: String, to value: UInt64) throws {
        try database.run(
            """
            INSERT INTO counter VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = \(Self.higher("counter.value", "excluded.value"))
            """, .text(name), .integer(value))
    }

    package func auditLines(after number: UInt64, count: Int, subject: String?) throws -> [AuditLine] {
        try database.all(
            """
            SELECT number, at, uid, action, subject, detail FROM audit
            WHERE number > \(Self.higher("?1", "coalesce((SELECT number FROM trailFloor), 0)"))
                AND (lower(subject) = ?2 OR ?2 IS NULL) ORDER BY number LIMIT ?3
            """, .integer(Int64(clamping: number)), subject.map { .text($0.asciiLowercased) }, .integer(Int64(count))
        ) { row in
            AuditLine(
                number: try row.unsigned(0), time: try row.unsigned(1), uid: try row.unsigned(2),
                action: try row.text(3), subject: try row.text(4), detail: try row.optionalText(5))
        }
    }

    package func insertAuditLine(uid: UInt64, action: String, subject: String, detail: String?, at now: UInt64) throws {
        try database.run(
            "INSERT INTO audit (at, uid, action, subject, detail) VALUES (?, ?, ?, ?, ?)", .integer(now),
            .integer(uid), .text(action), .text(subject), detail.map { .text($0) })
    }

    package func trailChain() throws -> TrailChainState? {
        try database.first("SELECT number, hash FROM trailChain") { row in
            TrailChainState(number: try row.unsigned(0), hash: try row.blob(1))
        }
    }

    package func putTrailChain(_ state: TrailChainState) throws {
        try database.run(
            """
            INSERT INTO trailChain VALUES (0, ?, ?)
            ON CONFLICT ("only") DO UPDATE SET number = excluded.number, hash = excluded.hash
            """, .integer(state.number), .bytes(state.hash))
    }

    package func position() throws -> RegistryPosition? { try RegistryPosition.read(database) }

    package func beginPosition(of installation: [UInt8]) throws { try RegistryPosition.begin(installation, database) }

    package func raiseCommitCount(to count: UInt64) throws { try RegistryPosition.raise(to: count, database) }
}
