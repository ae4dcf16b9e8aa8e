package import Credential
import Encoding
import Signing

extension Registry {
    /// Registers a person, or finds the person who is registered with this number.
    ///
    /// - Returns: the subject, 16 random bytes in hex; the number itself is not kept.
    package func registerPerson(
        _ identifier: ResidentID, links: PersonLinks, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> String {
        let digest = cipher.digest(identifier.text)
        if let known = try transaction.person(residentDigest: digest) {
            if !links.isEmpty { try link(known, links, in: transaction) }
            return Hex.encode(known)
        }
        let subject = try random.bytes(Self.personByteCount)
        try transaction.insertPerson(
            subject, residentDigest: digest, sealedLinks: cipher.sealed(links: links.encoded, of: subject), at: now)
        try index(links, of: subject, in: transaction)
        return Hex.encode(subject)
    }

    /// The rows that the registration of a person reads.
    package func foreseen(_ identifier: ResidentID) -> ForeseenReads {
        var reads = ForeseenReads()
        reads.residentDigests = [cipher.digest(identifier.text)]
        return reads
    }

    /// Adds links to a registered person; links that are not given stay as they are, unless they are lost.
    private func link(_ person: [UInt8], _ links: PersonLinks, in transaction: any RegistryTransaction) throws {
        let known = try transaction.sealedLinks(of: person).flatMap { try opened($0, of: person) }
        let merged = known.map { links.filling(from: $0) } ?? links
        try transaction.setSealedLinks(cipher.sealed(links: merged.encoded, of: person), of: person)
        try index(merged, of: person, in: transaction)
    }

    /// The identifiers that a person's codes carry sealed.
    ///
    /// - Throws: `subject_unknown`, `field_lost`, or `registry_corrupt` when the row does not open.
    private func links(of person: [UInt8], in snapshot: any RegistrySnapshot) throws -> PersonLinks {
        guard let sealed = try snapshot.sealedLinks(of: person) else { throw StorageError.subjectUnknown }
        guard let links = try opened(sealed, of: person) else {
            throw StorageError.fieldLost(
                "the person's identifiers",
                "register the person again with their medical and transit identifiers, then repeat the request")
        }
        return links
    }

    /// Registers an enterprise; repeating the same number and name is not an error.
    ///
    /// - Returns: the subject, which is the USCC itself; it is public.
    package func registerEnterprise(
        _ uscc: USCC, name: String, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> String {
        let known = try transaction.enterpriseName(uscc.text)
        if let known, known != name {
            throw StorageError(
                code: .alreadyRegistered, reason: "\(uscc.text) is registered under another name",
                hint: "use the registered name, which cannot be changed")
        }
        if known == nil { try transaction.insertEnterprise(uscc.text, name: name, at: now) }
        return uscc.text
    }

    /// Registers an object or a place.
    ///
    /// - Returns: the subject, 8 random bytes in hex.
    package func registerObject(
        _ object: ObjectRecord, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> String {
        let id = try random.bytes(Self.objectByteCount)
        try transaction.insertObject(id, object, at: now)
        return Hex.encode(id)
    }

    /// The registered subject of an identifier.
    ///
    /// - Throws: `subject_unknown`.
    package func subject(
        _ identifier: SubjectIdentifier, in snapshot: any RegistrySnapshot
    ) throws -> RegisteredSubject {
        switch identifier {
        case .person(let key): return .person(try links(of: key, in: snapshot))
        case .enterprise(let uscc):
            guard let name = try snapshot.enterpriseName(uscc.text) else { throw StorageError.subjectUnknown }
            return .enterprise(uscc, name: name)
        case .object(let key):
            guard let object = try snapshot.object(key) else { throw StorageError.subjectUnknown }
            return .object(id: key, object)
        }
    }

    /// Refuses an identifier that does not belong to a registered object or place.
    ///
    /// - Throws: `subject_unknown`.
    package func checkObject(_ identifier: String, in snapshot: any RegistrySnapshot) throws {
        guard let key = try? Hex.decode(identifier), try snapshot.hasObject(key) else {
            throw StorageError.subjectUnknown
        }
    }
}
