import Storage
import TraceLog

/// Reads of rows that the transaction may know already, and the changes of these rows.
extension PostgreSQLTransaction {
    func keptAnswer(toKeys keys: (String, String)) throws -> KeptAnswer? {
        guard let first = database.memory.answers[keys.0], let second = database.memory.answers[keys.1] else {
            return try statements.keptAnswer(toKeys: keys)
        }
        let found = first ?? second
        if found != nil { noteRepeatedAnswer() }
        return found
    }

    func putAnswer(_ answer: KeptAnswer) throws {
        try statements.putAnswer(answer)
        database.memory.answers.updateValue(answer, forKey: answer.key)
        if let end = database.memory.deletedAnswersUntil, answer.time <= end {
            database.memory.deletedAnswersUntil = nil
        }
    }

    func deleteAnswers(until time: UInt64, countMax: Int) throws -> Int {
        if let end = database.memory.deletedAnswersUntil, time <= end { return 0 }
        let count = try statements.deleteAnswers(until: time, countMax: countMax)
        if count > 0 { database.memory.answers = [:] }
        if count < countMax { database.memory.deletedAnswersUntil = time }
        return count
    }

    func person(residentDigest: [UInt8]) throws -> [UInt8]? {
        if let known = database.memory.subjectsByDigest[residentDigest] { return known }
        return try statements.person(residentDigest: residentDigest)
    }

    func sealedLinks(of person: [UInt8]) throws -> [UInt8]? {
        if let known = database.memory.links[person] { return known }
        return try statements.sealedLinks(of: person)
    }

    func insertPerson(_ subject: [UInt8], residentDigest: [UInt8], sealedLinks: [UInt8], at now: UInt64) throws {
        try statements.insertPerson(subject, residentDigest: residentDigest, sealedLinks: sealedLinks, at: now)
        database.memory.subjectsByDigest.updateValue(subject, forKey: residentDigest)
        database.memory.links.updateValue(sealedLinks, forKey: subject)
    }

    func setSealedLinks(_ sealed: [UInt8], of person: [UInt8]) throws {
        try statements.setSealedLinks(sealed, of: person)
        database.memory.links[person] = nil
    }

    func replace(_ field: SealedField, by sealed: [UInt8]) throws -> Bool {
        database.memory.links = [:]
        return try statements.replace(field, by: sealed)
    }

    func enterpriseName(_ uscc: String) throws -> String? {
        if let known = database.memory.enterprises[uscc] { return known }
        return try statements.enterpriseName(uscc)
    }

    func insertEnterprise(_ uscc: String, name: String, at now: UInt64) throws {
        try statements.insertEnterprise(uscc, name: name, at: now)
        database.memory.enterprises.updateValue(name, forKey: uscc)
    }

    func object(_ id: [UInt8]) throws -> ObjectRecord? {
        if let known = database.memory.objects[id] { return known }
        return try statements.object(id)
    }

    func hasObject(_ id: [UInt8]) throws -> Bool {
        if let known = database.memory.objects[id] { return known != nil }
        return try statements.hasObject(id)
    }

    func insertObject(_ id: [UInt8], _ object: ObjectRecord, at now: UInt64) throws {
        try statements.insertObject(id, object, at: now)
        database.memory.objects.updateValue(object, forKey: id)
    }

    func activeIssuerKey(uses: [String]) throws -> IssuerKeyRecord? {
        if let known = database.memory.activeKeys[uses] { return known }
        let found = try statements.activeIssuerKey(uses: uses)
        database.memory.activeKeys[uses] = found
        return found
    }

    func putIssuerKey(_ key: IssuerKeyRecord) throws {
        database.memory.activeKeys = [:]
        try statements.putIssuerKey(key)
    }
}

extension PostgreSQLTransaction {
    func newestEntry() throws -> (index: UInt64, recordedAtMilliseconds: UInt64)? {
        if let known = database.memory.newestEntries[log] { return known }
        let found = try statements.newestEntry()
        database.memory.newestEntries[log] = found
        return found
    }

    func head(of object: ObjectID) throws -> ObjectHead? {
        if log == .trace, let known = database.memory.heads[object] { return known }
        return try statements.head(of: object)
    }

    func appendEntry(_ entry: StoredEntry, head: ObjectHead, recordedAtMilliseconds: UInt64) throws {
        try statements.appendEntry(entry, head: head, recordedAtMilliseconds: recordedAtMilliseconds)
        note(head)
        noteEntry(entry.index, recordedAtMilliseconds)
    }

    func reserveEntry(_ entry: OwnEntry) throws {
        try statements.reserveEntry(entry)
        noteEntry(entry.index, entry.recordedAtMilliseconds)
    }

    func fillEntry(_ entry: StoredEntry, head: ObjectHead) throws {
        try statements.fillEntry(entry, head: head)
        note(head)
    }

    func keptRequest(_ keys: (String, String)) throws -> KeptRequest? {
        guard log == .trace, let first = database.memory.requests[keys.0],
            let second = database.memory.requests[keys.1]
        else { return try statements.keptRequest(keys) }
        let found = first ?? second
        if found != nil { noteRepeatedAnswer() }
        return found
    }

    func insertRequest(_ request: KeptRequest, key: String) throws {
        try statements.insertRequest(request, key: key)
        if log == .trace { database.memory.requests.updateValue(request, forKey: key) }
    }

    func logFloor() throws -> LogFloor? {
        if let known = database.memory.floors[log] { return known }
        let found = try statements.logFloor()
        database.memory.floors.updateValue(found, forKey: log)
        return found
    }

    func setLogFloor(_ floor: LogFloor) throws {
        database.memory.floors[log] = nil
        try statements.setLogFloor(floor)
    }

    func removeLogFloor() throws {
        database.memory.floors[log] = nil
        try statements.removeLogFloor()
    }

    private func note(_ head: ObjectHead) {
        if log == .trace { database.memory.heads.updateValue(head, forKey: head.object) }
    }

    /// A recovery adds entries in any order.
    private func noteEntry(_ index: UInt64, _ recordedAtMilliseconds: UInt64) {
        guard let known = database.memory.newestEntries[log] else { return }
        if index > known.index { database.memory.newestEntries[log] = (index, recordedAtMilliseconds) }
    }
}
