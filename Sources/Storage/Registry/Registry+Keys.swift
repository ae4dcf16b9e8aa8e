import Foundation
package import GRDB
import Signing

/// A public key that gates are to trust, and for what.
package struct IssuerKeyRecord: Sendable, Equatable {
    package enum Status: String, Sendable {
        case active, retired, compromised
    }

    package let keyIdentifier: [UInt8]
    package let issuer: String
    package let spki: [UInt8]
    /// Any of person, enterprise, object, statuslist, checkpoint.
    package let uses: [String]
    package let notBefore: UInt64
    package let expiresAt: UInt64
    package let status: Status

    package init(
        keyIdentifier: [UInt8], issuer: String, spki: [UInt8], uses: [String], notBefore: UInt64, expiresAt: UInt64,
        status: Status
    ) {
        self.keyIdentifier = keyIdentifier
        self.issuer = issuer
        self.spki = spki
        self.uses = uses
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.status = status
    }
}

extension IssuerKeyRecord {
    package func with(_ status: Status) -> IssuerKeyRecord {
        IssuerKeyRecord(
            keyIdentifier: keyIdentifier, issuer: issuer, spki: spki, uses: uses, notBefore: notBefore,
            expiresAt: expiresAt, status: status)
    }

    fileprivate init(_ row: Row) throws(StorageError) {
        let keyIdentifier = Array(try row.blob("keyIdentifier"))
        guard keyIdentifier.count == VerificationKey.keyIdentifierByteCount else {
            throw .corruptRow("a key identifier's length")
        }
        self.init(
            keyIdentifier: keyIdentifier, issuer: try row.text("issuer"),
            spki: Array(try row.blob("spki")), uses: try row.text("uses").split(separator: " ").map(String.init),
            notBefore: try row.unsigned("notBefore"), expiresAt: try row.unsigned("expiresAt"),
            status: Status(rawValue: try row.text("status")) ?? .compromised)
    }
}

extension Registry {
    /// Adds a key, or changes the status of one that is there.
    ///
    /// The schema refuses a second active key of the same uses, and any way back from retired or compromised.
    package static func put(_ key: IssuerKeyRecord, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO issuerKey VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (spki) DO UPDATE SET status = excluded.status
                """,
            arguments: [
                Data(key.keyIdentifier), key.issuer, Data(key.spki), key.uses.joined(separator: " "),
                try key.notBefore.stored, try key.expiresAt.stored, key.status.rawValue,
            ])
    }

    /// Every key that was ever added.
    package func keys(in database: Database) throws -> [IssuerKeyRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM issuerKey ORDER BY notBefore, spki").map(IssuerKeyRecord.init)
    }

    /// The one key of these uses that signs; nil where none does.
    package static func activeKey(uses: [String], in database: Database) throws -> IssuerKeyRecord? {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM issuerKey WHERE uses = ? AND status = 'active'")
        return try Row.fetchOne(statement, arguments: [uses.joined(separator: " ")]).map(IssuerKeyRecord.init)
    }
}
