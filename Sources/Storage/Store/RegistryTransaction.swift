/// Reads of the registry as it stood at one moment.
///
/// Nothing here decides anything: ``Registry`` has the rules, and a store only keeps rows. Every read throws
/// `registry_corrupt` for a row that holds a value of another type or out of its range.
package protocol RegistrySnapshot {
    /// The subject of the person whose number has this keyed digest.
    func person(residentDigest: [UInt8]) throws -> [UInt8]?
    /// A person's sealed links.
    func sealedLinks(of person: [UInt8]) throws -> [UInt8]?
    func enterpriseName(_ uscc: String) throws -> String?
    func object(_ id: [UInt8]) throws -> ObjectRecord?
    func hasObject(_ id: [UInt8]) throws -> Bool
    /// Whether a person has the pair of identifiers that this keyed digest was made of.
    func hasLinkedPair(_ digest: [UInt8]) throws -> Bool
    /// Persons who have a linked pair, in no order that means anything.
    func linkedPersons(countMax: Int) throws -> [(subject: [UInt8], sealedLinks: [UInt8])]

    /// The status indices of live codes: the code of this identifier, and those that a subject holds or is guardian of.
    func liveStatusPlaces(code: [UInt8]?, subject: String?, at now: UInt64) throws -> [StatusPlace]
    /// The codes that a subject holds or is guardian of, oldest first, from the one behind `after`.
    func codes(of subject: String, after: [UInt8]?, count: Int) throws -> [StoredCode]

    /// Every key that was ever added, by the start of its validity.
    func issuerKeys() throws -> [IssuerKeyRecord]
    /// The one key of exactly these uses that is active.
    func activeIssuerKey(uses: [String]) throws -> IssuerKeyRecord?

    /// A list's newest block; earlier blocks are never open.
    func newestStatusBlock(of list: String) throws -> StatusBlock?
    /// The floor that was set under this name.
    func statusFloor(named list: String) throws -> UInt64?
    /// The names that a block, a revocation or a floor has, the general floor's empty name among them.
    func statusListNames() throws -> Set<String>
    /// The revoked indices of a list within a range, ascending.
    func revokedIndices(of list: String, in range: Range<UInt64>) throws -> [UInt64]
    func revokedCount(of list: String, in range: Range<UInt64>) throws -> Int
    /// The lowest and the highest revoked index of a list.
    func revokedBounds(of list: String) throws -> (first: UInt64, last: UInt64)?

    /// The answer kept under any of these keys.
    func keptAnswer(toKeys keys: (String, String)) throws -> KeptAnswer?
    func counter(_ name: String) throws -> UInt64?
    /// The audit trail from the line after `number`, in order; a subject's name in either letter case.
    func auditLines(after number: UInt64, count: Int, subject: String?) throws -> [AuditLine]
    /// How far the registry is; nil for a registry of a version before positions.
    func position() throws -> RegistryPosition?
}

/// Changes of the registry, kept together or not at all.
package protocol RegistryTransaction: RegistrySnapshot {
    func insertPerson(_ subject: [UInt8], residentDigest: [UInt8], sealedLinks: [UInt8], at now: UInt64) throws
    func setSealedLinks(_ sealed: [UInt8], of person: [UInt8]) throws
    /// Sets the digest of a person's linked pair, in place of an earlier one.
    func setLinkedPair(_ digest: [UInt8], of person: [UInt8]) throws
    func insertEnterprise(_ uscc: String, name: String, at now: UInt64) throws
    func insertObject(_ id: [UInt8], _ object: ObjectRecord, at now: UInt64) throws

    /// Adds a code. A second code of an identifier or of a status index is refused.
    func insertCode(_ code: IssuedCodeRecord) throws
    /// Revokes an index of a list.
    ///
    /// - Returns: whether it was not revoked before; an earlier revocation stays as it is.
    func revoke(_ place: StatusPlace, at now: UInt64, sealedReason: [UInt8]?) throws -> Bool

    /// Adds a key, or changes the status of the key that has the same public key.
    ///
    /// Refuses a second active key of the same uses, and a key that becomes active again or is no longer compromised.
    func putIssuerKey(_ key: IssuerKeyRecord) throws

    /// Adds a block whose first index is taken; the position notes this commit as the newest that opened a block.
    ///
    /// - Parameters:
    ///   - list: the list's plain name.
    ///   - base: the block's first index.
    ///   - order: the order in which its indices are given out, counted from `base`.
    /// - Throws: `registry_unwritable` for a base that the list has already.
    func insertStatusBlock(of list: String, base: UInt64, order: [UInt16]) throws
    func setUsedCount(_ used: Int, ofStatusBlock base: UInt64, of list: String) throws
    /// Marks a block as used up and forgets its order.
    func closeStatusBlock(_ base: UInt64, of list: String) throws
    /// Sets a floor, or raises the one that is there.
    func raiseStatusFloor(named list: String, to base: UInt64) throws

    func insertAnswer(_ answer: KeptAnswer, toKey key: String, at now: UInt64) throws
    /// Sets a counter, or raises it to `value`.
    func raiseCounter(_ name: String, to value: UInt64) throws
    /// Adds a line to the trail, which nothing can change or remove.
    func insertAuditLine(uid: UInt32, action: String, subject: String, at now: UInt64) throws

    /// Begins the count of commits.
    func beginPosition(of installation: [UInt8]) throws
    /// Raises the count of commits to at least `count`, before the transaction itself is counted.
    func raiseCommitCount(to count: UInt64) throws
}

/// An index of a status list.
package struct StatusPlace: Sendable, Hashable {
    /// The list's plain name.
    package let list: String
    package let index: UInt64
}

/// A block of a status list's indices.
package struct StatusBlock: Sendable, Equatable {
    /// The block's first index.
    package let base: UInt64
    /// How many of its indices were taken.
    package let used: Int
    /// The next index to take, counted from `base`; nil where the block has no order.
    package let next: UInt64?

    /// The first index behind the block.
    var end: UInt64 { base + UInt64(Registry.statusBlockCount) }
}

/// A code with the reason of its revocation still sealed.
package struct StoredCode: Sendable, Equatable {
    package var code: PastCode
    /// The sealed reason, and the index that it is sealed for.
    package var sealedReason: [UInt8]?
    package var revokedIndex: UInt64?
}

/// An answer that is kept for a repeated request.
package struct KeptAnswer: Sendable, Equatable {
    /// A keyed digest of the request.
    package let requestDigest: [UInt8]
    package let answer: String
}
