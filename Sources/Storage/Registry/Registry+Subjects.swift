package import Credential
import Encoding
import Foundation
package import GRDB
import Signing

extension Registry {
    /// Registers a person, or finds the one that has this number already.
    ///
    /// - Returns: the subject, 16 random bytes in hex: the number itself is not kept.
    package func registerPerson(
        _ identifier: ResidentID, links: PersonLinks, at now: UInt64, in database: Database
    ) throws -> String {
        let digest = Data(cipher.digest(identifier.text))
        if let known = try Data.fetchOne(
            database.cachedStatement(sql: "SELECT subject FROM person WHERE residentDigest = ?"), arguments: [digest])
        {
            if !links.isEmpty { try link(Array(known), links, in: database) }
            return Hex.encode(known)
        }
        let subject = try random.bytes(Self.personByteCount)
        try database.cachedStatement(sql: "INSERT INTO person VALUES (?, ?, ?, ?)").execute(arguments: [
            Data(subject), digest, Data(cipher.sealed(links.encoded, subject: subject)), try now.stored,
        ])
        try index(links, of: subject, in: database)
        return Hex.encode(subject)
    }

    /// Adds links to a person who has registered; a link that is not named stays as it is.
    private func link(_ person: [UInt8], _ links: PersonLinks, in database: Database) throws {
        let merged = links.filling(from: try self.links(of: person, in: database))
        try database.execute(
            sql: "UPDATE person SET links = ? WHERE subject = ?",
            arguments: [Data(cipher.sealed(merged.encoded, subject: person)), Data(person)])
        try index(merged, of: person, in: database)
    }

    /// The identifiers that a person's codes carry sealed.
    ///
    /// - Throws: `subject_unknown`, or `registry_corrupt` when the row does not open under the registry's key.
    private func links(of person: [UInt8], in database: Database) throws -> PersonLinks {
        guard
            let sealed = try Data.fetchOne(
                database.cachedStatement(sql: "SELECT links FROM person WHERE subject = ?"), arguments: [Data(person)])
        else { throw StorageError.subjectUnknown }
        return try opened(sealed, of: person)
    }

    /// Registers an enterprise; the same number with the same name is no error.
    ///
    /// - Returns: the subject: the USCC itself, which is public.
    package func registerEnterprise(
        _ uscc: USCC, name: String, at now: UInt64, in database: Database
    ) throws -> String {
        let known = try String.fetchOne(
            database.cachedStatement(sql: "SELECT name FROM enterprise WHERE uscc = ?"), arguments: [uscc.text])
        if let known, known != name {
            throw StorageError(
                code: .alreadyRegistered, reason: "\(uscc.text) is registered under another name",
                hint: "issue under the registered name, which stays as it is")
        }
        if known == nil {
            try database.execute(
                sql: "INSERT INTO enterprise VALUES (?, ?, ?)", arguments: [uscc.text, name, try now.stored])
        }
        return uscc.text
    }

    /// Registers an object or a place.
    ///
    /// - Returns: the subject: its 8 random bytes in hex.
    package func registerObject(_ object: ObjectRecord, at now: UInt64, in database: Database) throws -> String {
        let id = try random.bytes(Self.objectByteCount)
        try database.cachedStatement(sql: "INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            Data(id), object.kind.rawValue, object.manager.text, try object.category.number.stored, object.name,
            object.location?.latitudeMicrodegrees, object.location?.longitudeMicrodegrees,
            object.location?.reference.rawValue, try now.stored,
        ])
        return Hex.encode(id)
    }

    /// Finds what a subject's identifier stands for.
    ///
    /// - Throws: `subject_unknown`.
    package func subject(_ identifier: SubjectIdentifier, in database: Database) throws -> RegisteredSubject {
        switch identifier {
        case .person(let key): return .person(try links(of: key, in: database))
        case .enterprise(let uscc):
            guard
                let name = try String.fetchOne(
                    database.cachedStatement(sql: "SELECT name FROM enterprise WHERE uscc = ?"), arguments: [uscc.text])
            else { throw StorageError.subjectUnknown }
            return .enterprise(uscc, name: name)
        case .object(let key):
            guard
                let row = try Row.fetchOne(
                    database.cachedStatement(sql: "SELECT * FROM object WHERE id = ?"), arguments: [Data(key)])
            else { throw StorageError.subjectUnknown }
            return .object(id: key, try ObjectRecord(row: row))
        }
    }

    /// Refuses an identifier that is no registered object's or place's.
    ///
    /// - Throws: `subject_unknown`.
    package func checkObject(_ identifier: String, in database: Database) throws {
        guard let key = try? Hex.decode(identifier),
            try database.first("SELECT 1 FROM object WHERE id = ?", .bytes(key), read: { _ in true }) != nil
        else { throw StorageError.subjectUnknown }
    }
}
