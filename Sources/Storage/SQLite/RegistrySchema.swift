import GRDB

/// The registry's tables, with one migration per schema version.
enum RegistrySchema {
    /// A migration from one schema version to the next.
    struct Step: Sendable {
        let identifier: String
        let run: @Sendable (Database) throws -> Void

        init(_ identifier: String, _ run: @escaping @Sendable (Database) throws -> Void) {
            self.identifier = identifier
            self.run = run
        }

        init(_ identifier: String, sql: String) {
            self.init(identifier) { try $0.execute(sql: sql) }
        }
    }

    /// Every step, in order.
    ///
    /// - Parameter cipher: seals fields that earlier versions left unsealed; nil when no rows are migrated.
    /// - Returns: the steps, the oldest version's first.
    private static func steps(_ cipher: FieldCipher?) -> [Step] {
        [
            Step("1", sql: subjects + codes + bookkeeping),
            // REPLACE deletes without firing a delete trigger, so an insert trigger refuses an existing number.
            Step(
                "2",
                sql: """
                    CREATE TRIGGER auditGrows BEFORE INSERT ON audit
                        WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
                        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
                    """),
            Step(
                "links 1",
                sql: """
                    CREATE TABLE holderLink (subject BLOB PRIMARY KEY, pair BLOB NOT NULL) WITHOUT ROWID;
                    CREATE INDEX holderLinkByPair ON holderLink(pair);
                    """),
            Step("log 1") { try LogSchema.create($0) },
            Step("log 2", sql: LogSchema.lastingOpenings),
            Step("keys 1", sql: oneActiveKey),
            Step("codes 1") { try sealReasons(cipher, $0) },
            Step("status 1", sql: statusFloors),
            Step("beat 1", sql: positions),
            Step("keys 2", sql: retirements),
            Step("audit 1", sql: "ALTER TABLE audit ADD COLUMN detail TEXT"),
            Step("answers 1") { try sealAnswers(cipher, $0) },
            Step("gates 1", sql: gates),
            Step("gates 2", sql: gateReports),
            Step("settlements 1", sql: settlements),
            Step("gate keys 1", sql: "ALTER TABLE gate ADD COLUMN receivingKeyAt INTEGER NOT NULL DEFAULT 0"),
            Step("wallets 1", sql: WalletSchema.tables),
            Step("acts 1", sql: LogSchema.tables(of: .acts)),
            Step("recovery 1", sql: recovery),
            Step("erasure 1") { try ErasureSchema.create(cipher, $0) },
            Step("rates 1", sql: QuotaSchema.tables),
            Step("acts 2", sql: issuances),
            Step("retention 1", sql: retention),
        ]
    }

    /// Migrates a database of any earlier version to the newest version, with one transaction per step.
    ///
    /// - Parameter cipher: the cipher for ``steps(_:)``.
    /// - Returns: the migrations, in order.
    static func migrator(_ cipher: FieldCipher?) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for step in steps(cipher) { migrator.registerMigration(step.identifier, migrate: step.run) }
        return migrator
    }

    /// The steps that a database of an earlier version still needs.
    static func pendingSteps(_ database: Database, _ cipher: FieldCipher?) throws -> [Step] {
        let applied = try migrator(nil).appliedIdentifiers(database)
        return steps(cipher).filter { !applied.contains($0.identifier) }
    }

    /// Whether a database has every table, index and trigger of its own version, with unchanged definitions.
    static func isWhole(_ database: Database) throws -> Bool {
        let migrator = migrator(nil)
        let applied = try migrator.appliedMigrations(database)
        guard let version = applied.last, try migrator.completedMigrations(database) == applied else { return false }
        let model = try DatabaseQueue()
        try migrator.migrate(model, upTo: version)
        return try model.read(parts).isSubset(of: parts(database))
    }

    private static func parts(_ database: Database) throws -> Set<String> {
        let rows = try database.all(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        ) { row in
            let sql = (try row.optionalText(2) ?? "").split(whereSeparator: \.isWhitespace)
            return "\(try row.text(0)) \(try row.text(1)) \(sql.joined(separator: " "))"
        }
        return Set(rows)
    }

    /// Seals the reasons of revocations.
    private static func sealReasons(_ cipher: FieldCipher?, _ database: Database) throws {
        try RemadeTables.revocations(database) { row, list, index in
            try row.optionalText(3).map { reason in
                try RemadeTables.keyed(cipher).earlierSealed(
                    Array(reason.utf8), at: FieldCipher.place(ofReasonIn: list, index))
            }
        }
    }

    /// Seals the answers to idempotency keys, because an answer has a code's text.
    private static func sealAnswers(_ cipher: FieldCipher?, _ database: Database) throws {
        try RemadeTables.answers(database) { row, key in
            try RemadeTables.keyed(cipher).earlierSealed(
                Array(row.text(2).utf8), at: FieldCipher.place(ofAnswerTo: key))
        }
    }

    /// The rules that each use has one active key, and that a retired or compromised key never becomes active again.
    private static let oneActiveKey = """
        CREATE UNIQUE INDEX issuerKeyActive ON issuerKey(uses) WHERE status = 'active';
        CREATE TRIGGER issuerKeyOnward BEFORE UPDATE OF status ON issuerKey
            WHEN NEW.status <> OLD.status AND (NEW.status = 'active' OR OLD.status = 'compromised')
            BEGIN SELECT RAISE(ABORT, 'a key never becomes good again'); END;
        """

    /// The mark of a restored backup, which keeps the service closed until it is recovered.
    private static let recovery = """
        CREATE TABLE recovery_needed (only INTEGER PRIMARY KEY CHECK (only = 0)) STRICT;
        """

    /// The time of a key's retirement, and the newest code of each key, which may begin later than now.
    private static let retirements = """
        ALTER TABLE issuerKey ADD COLUMN retiredAt INTEGER;
        INSERT INTO counter
            SELECT 'newest code ' || lower(hex(keyIdentifier)), max(issuedAt) FROM code GROUP BY keyIdentifier;
        """

    /// The lowest index at which a list's next block may begin; the row with the empty name applies to every list.
    private static let statusFloors = """
        CREATE TABLE statusFloor (list TEXT PRIMARY KEY, base INTEGER NOT NULL) WITHOUT ROWID;
        """

    /// Gates; a revoked one never becomes active again, and no gate is removed.
    private static let gates = """
        CREATE TABLE gate (
            id BLOB PRIMARY KEY, name TEXT NOT NULL, signingKey BLOB NOT NULL, receivingKey BLOB NOT NULL,
            site TEXT NOT NULL, scenes TEXT NOT NULL, domains TEXT NOT NULL, status TEXT NOT NULL,
            registeredAt INTEGER NOT NULL, statusAt INTEGER NOT NULL, keysIssuedAt INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TRIGGER gateOnward BEFORE UPDATE OF status ON gate
            WHEN OLD.status = 'revoked' AND NEW.status <> 'revoked'
            BEGIN SELECT RAISE(ABORT, 'a revoked gate stays revoked'); END;
        CREATE TRIGGER gateStays BEFORE DELETE ON gate
            BEGIN SELECT RAISE(ABORT, 'a gate stays in the registry'); END;
        """

    /// Each gate's newest report; its counter only rises.
    private static let gateReports = """
        CREATE TABLE gateReport (
            id BLOB PRIMARY KEY, counter INTEGER NOT NULL, issuedAt INTEGER NOT NULL, receivedAt INTEGER NOT NULL,
            bundleVersion INTEGER, clockOffset INTEGER, report TEXT NOT NULL, signature BLOB NOT NULL) WITHOUT ROWID;
        CREATE TRIGGER gateReportRises BEFORE UPDATE ON gateReport WHEN NEW.counter <= OLD.counter
            BEGIN SELECT RAISE(ABORT, 'a newer report of the gate is kept'); END;
        """

    /// Closed days of gates; the first record of a gate and day stays.
    private static let settlements = """
        CREATE TABLE settlement (
            day INTEGER NOT NULL, gate BLOB NOT NULL, record BLOB NOT NULL, entry INTEGER NOT NULL,
            registeredAt INTEGER NOT NULL, PRIMARY KEY (day, gate)) WITHOUT ROWID;
        CREATE TRIGGER settlementFirst BEFORE INSERT ON settlement
            WHEN EXISTS (SELECT 1 FROM settlement WHERE day = NEW.day AND gate = NEW.gate)
            BEGIN SELECT RAISE(ABORT, 'the first record of a day counts'); END;
        CREATE TRIGGER settlementStays BEFORE UPDATE ON settlement
            BEGIN SELECT RAISE(ABORT, 'the first record of a day counts'); END;
        CREATE TRIGGER settlementKeeps BEFORE DELETE ON settlement
            BEGIN SELECT RAISE(ABORT, 'the record of a day stays in the registry'); END;
        """

    private static let subjects = """
        CREATE TABLE person (
            subject BLOB PRIMARY KEY, residentDigest BLOB NOT NULL UNIQUE, links BLOB NOT NULL,
            registeredAt INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE enterprise (
            uscc TEXT PRIMARY KEY, name TEXT NOT NULL, registeredAt INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE object (
            id BLOB PRIMARY KEY, kind INTEGER NOT NULL, manager TEXT NOT NULL, category INTEGER NOT NULL, name TEXT,
            latitude INTEGER, longitude INTEGER, reference INTEGER, registeredAt INTEGER NOT NULL) WITHOUT ROWID;

        """

    private static let codes = """
        CREATE TABLE code (
            id BLOB PRIMARY KEY, subject TEXT NOT NULL, form INTEGER NOT NULL, kind INTEGER, list TEXT,
            statusIndex INTEGER, actorIndex INTEGER, actor TEXT, issuedAt INTEGER NOT NULL, expiresAt INTEGER,
            keyIdentifier BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX codeBySubject ON code(subject, expiresAt);
        CREATE INDEX codeByActor ON code(actor, expiresAt) WHERE actor IS NOT NULL;
        CREATE UNIQUE INDEX codeByStatus ON code(list, statusIndex) WHERE statusIndex IS NOT NULL;
        CREATE TABLE statusBlock (
            list TEXT NOT NULL, base INTEGER NOT NULL, shuffled BLOB NOT NULL, used INTEGER NOT NULL,
            PRIMARY KEY (list, base)) WITHOUT ROWID;
        CREATE TABLE revocation (
            list TEXT NOT NULL, statusIndex INTEGER NOT NULL, revokedAt INTEGER NOT NULL, reason TEXT,
            PRIMARY KEY (list, statusIndex)) WITHOUT ROWID;

        """

    private static let bookkeeping = """
        CREATE TABLE issuerKey (
            keyIdentifier BLOB NOT NULL, issuer TEXT NOT NULL, spki BLOB PRIMARY KEY, uses TEXT NOT NULL,
            notBefore INTEGER NOT NULL, expiresAt INTEGER NOT NULL, status TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE idempotency (
            key TEXT PRIMARY KEY, request BLOB NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, uid INTEGER NOT NULL,
            action TEXT NOT NULL, subject TEXT NOT NULL);
        CREATE TRIGGER auditKeeps BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE TRIGGER auditStays BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        """
}
