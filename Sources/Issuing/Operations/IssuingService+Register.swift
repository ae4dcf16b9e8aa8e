import Credential
import Encoding
import Storage

extension IssuerOperation {
    package static let registerPerson = change(
        "person.register", takes: ["residentId", "medical", "transit"],
        foresees: { service, request, _ in
            let text = (try? request.optionalString("residentId")) ?? nil
            return text.flatMap { try? ResidentID($0) }.map(service.registry.foreseen) ?? ForeseenReads()
        }
    ) {
        try $0.registeringPerson($1, now: $2.now)
    }

    package static let registerEnterprise = change(
        "enterprise.register", takes: ["uscc", "name"],
        foresees: { _, request, _ in
            let text = (try? request.optionalString("uscc")) ?? nil
            return text.flatMap { try? USCC($0) }.map { ForeseenReads(.enterprise($0)) } ?? ForeseenReads()
        }
    ) {
        try $0.registeringEnterprise($1, now: $2.now)
    }

    package static let registerObject = change(
        "object.register", takes: ["kind", "manager", "category", "latitude", "longitude", "reference", "name"]
    ) {
        try $0.registeringObject($1, now: $2.now)
    }
}

extension IssuingService {
    fileprivate func registeringPerson(_ request: RequestFields, now: UInt64) throws(OperationError)
        -> IssuerOperation.Change
    {
        let identifier = try Self.identifier(.residentIDInvalid, try request.string("residentId"), ResidentID.init)
        let medical = try request.optionalHex("medical", byteCount: Seals.identifierByteCount)
        let transit = try request.optionalHex("transit", byteCount: Seals.identifierByteCount)
        guard let links = PersonLinks(medical: medical, transit: transit) else {
            throw OperationError(
                code: .medicalInvalid, reason: "a link is not 12 bytes", hint: "give 24 hex digits")
        }
        return { [registry] database in
            let subject = try registry.registerPerson(identifier, links: links, at: now, in: database)
            return ChangeOutcome(["subject": .string(subject)], subject: subject)
        }
    }

    fileprivate func registeringEnterprise(_ request: RequestFields, now: UInt64) throws(OperationError)
        -> IssuerOperation.Change
    {
        let uscc = try Self.identifier(.usccInvalid, try request.string("uscc"), USCC.init)
        let name = try request.string("name")
        guard EnterpriseClaims.isName(name) else {
            throw OperationError(
                code: .nameInvalid,
                reason: "an enterprise's name is 1 to \(EnterpriseClaims.nameByteCountMax) bytes of visible characters",
                hint: "shorten it and omit control characters; a Chinese character takes 3 bytes")
        }
        return { [registry] database in
            let subject = try registry.registerEnterprise(uscc, name: name, at: now, in: database)
            return ChangeOutcome(["subject": .string(subject)], subject: subject)
        }
    }

    fileprivate func registeringObject(_ request: RequestFields, now: UInt64) throws(OperationError)
        -> IssuerOperation.Change
    {
        guard let kind = ObjectKind(name: try request.string("kind")) else {
            throw OperationError(
                code: .kindUnknown, reason: "the kind is neither object nor place", hint: "use object or place")
        }
        guard let category = ObjectCategory(try request.string("category")) else {
            let names = ObjectCategory.table.map(\.name).joined(separator: ", ")
            throw OperationError(
                code: .categoryUnknown, reason: "the category is unknown", hint: "use one of \(names)")
        }
        let name = try request.optionalString("name")
        guard (name?.utf8.count ?? 0) <= ObjectRecord.nameByteCountMax else {
            throw OperationError(
                code: .nameInvalid, reason: "a name is at most \(ObjectRecord.nameByteCountMax) bytes",
                hint: "shorten it")
        }
        let object = ObjectRecord(
            kind: kind, manager: try Self.identifier(.usccInvalid, try request.string("manager"), USCC.init),
            category: category, name: name, location: try request.optionalLocation())
        return { [registry] database in
            let subject = try registry.registerObject(object, at: now, in: database)
            return ChangeOutcome(["subject": .string(subject)], subject: subject)
        }
    }

    private static func identifier<Value>(
        _ code: OperationError.Code, _ text: String, _ make: (String) throws(IdentifierError) -> Value
    ) throws(OperationError) -> Value {
        do {
            return try make(text)
        } catch {
            throw OperationError(code: code, reason: error.reason, hint: error.hint)
        }
    }
}
