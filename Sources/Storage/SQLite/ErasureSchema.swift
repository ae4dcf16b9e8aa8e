import GRDB

/// The step that gives every sealed field a key of its own, wrapped by an epoch key.
enum ErasureSchema {
    /// What is known of epoch keys; a destroyed key never comes back.
    private static let epochKeys = """
        CREATE TABLE epochKey (
            number INTEGER PRIMARY KEY CHECK (number > 0), mark BLOB NOT NULL, status TEXT NOT NULL) STRICT;
        CREATE TRIGGER epochKeyOnward BEFORE UPDATE ON epochKey
            WHEN OLD.status = 'destroyed' AND NEW.status <> 'destroyed' OR NEW.mark <> OLD.mark
            BEGIN SELECT RAISE(ABORT, 'a destroyed epoch key stays destroyed'); END;
        """

    /// Every table is made again, because rows that grow leave copies in their pages.
    static func create(_ cipher: FieldCipher?, _ database: Database) throws {
        try database.execute(sql: epochKeys)
        if let key = cipher?.fields.ring.current {
            try SQLiteTransaction(database: database).putEpochKey(
                EpochKeyRecord(number: key.number, mark: key.mark, status: .live))
        }
        try resealLinks(cipher, database)
        try resealReasons(cipher, database)
        try resealAnswers(cipher, database)
        try resealSecrets(cipher, database)
        try resealOpenings(cipher, database)
    }

    private static func resealLinks(_ cipher: FieldCipher?, _ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE person RENAME TO person_before;
                CREATE TABLE person (
                    subject BLOB PRIMARY KEY, residentDigest BLOB NOT NULL UNIQUE, links BLOB NOT NULL,
                    registeredAt INTEGER NOT NULL) WITHOUT ROWID;
                """)
        try database.visit(
            "SELECT subject, residentDigest, links, registeredAt FROM person_before ORDER BY subject"
        ) { row in
            let subject = try row.blob(0)
            try database.run(
                "INSERT INTO person VALUES (?, ?, ?, ?)", .bytes(subject), .bytes(try row.blob(1)),
                .bytes(try RemadeTables.keyed(cipher).resealed(row.blob(2), at: subject)),
                .integer(try row.wholeNumber(3)))
            return true
        }
        try database.execute(sql: "DROP TABLE person_before")
    }

    private static func resealReasons(_ cipher: FieldCipher?, _ database: Database) throws {
        try RemadeTables.revocations(database) { row, list, index in
            try row.optionalBlob(3).map {
                try RemadeTables.keyed(cipher).resealed($0, at: FieldCipher.place(ofReasonIn: list, index))
            }
        }
    }

    private static func resealAnswers(_ cipher: FieldCipher?, _ database: Database) throws {
        try RemadeTables.answers(database) { row, key in
            try RemadeTables.keyed(cipher).resealed(
                shortLived: row.blob(2), at: FieldCipher.place(ofAnswerTo: key))
        }
    }

    /// Offers last minutes, so their rows are changed where they are.
    private static func resealSecrets(_ cipher: FieldCipher?, _ database: Database) throws {
        let secrets = try database.all("SELECT id, secret FROM offer WHERE secret IS NOT NULL") { row in
            (identifier: try row.blob(0), sealed: try row.blob(1))
        }
        for (identifier, sealed) in secrets {
            let secret = try RemadeTables.keyed(cipher).resealed(
                shortLived: sealed, at: Registry.place(ofSecret: identifier))
            try database.run("UPDATE offer SET secret = ? WHERE id = ?", .bytes(secret), .bytes(identifier))
        }
    }

    private static func resealOpenings(_ cipher: FieldCipher?, _ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE log_openings RENAME TO log_openings_before;
                CREATE TABLE log_openings (
                    number INTEGER PRIMARY KEY, commitment BLOB NOT NULL, is_kept INTEGER NOT NULL,
                    sealed BLOB NOT NULL) STRICT;
                """)
        try database.visit(
            "SELECT number, commitment, is_kept, sealed FROM log_openings_before ORDER BY number"
        ) { row in
            let (commitment, isKept, before) = (try row.blob(1), try row.wholeNumber(2) != 0, try row.blob(3))
            let sealed =
                isKept ? try RemadeTables.keyed(cipher).resealed(opening: before, commitment: commitment) : before
            try database.run(
                "INSERT INTO log_openings VALUES (?, ?, ?, ?)", .integer(try row.wholeNumber(0)),
                .bytes(commitment), .integer(Int64(isKept ? 1 : 0)), .bytes(sealed))
            return true
        }
        try database.execute(sql: "DROP TABLE log_openings_before")
    }
}
