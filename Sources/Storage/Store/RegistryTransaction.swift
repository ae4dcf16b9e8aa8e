/// Reads of the registry at one moment.
///
/// A store only keeps rows; ``Registry`` has the rules. Every read throws `registry_corrupt` for a row with a value
/// of a wrong type or out of range.
package protocol RegistrySnapshot {
    /// The subject of the person whose number has this keyed digest.
    func person(residentDigest: [UInt8]) throws -> [UInt8]?
    /// A person's sealed links.
    func sealedLinks(of person: [UInt8]) throws -> [UInt8]?
    func enterpriseName(_ uscc: String) throws -> String?
    func object(_ id: [UInt8]) throws -> ObjectRecord?
    func hasObject(_ id: [UInt8]) throws -> Bool
    /// Whether this is the keyed digest of a person's pair of identifiers.
    func hasLinkedPair(_ digest: [UInt8]) throws -> Bool
    /// Persons who have a linked pair, in no particular order.
    func linkedPersons(countMax: Int) throws -> [(subject: [UInt8], sealedLinks: [UInt8])]

    /// The status indices of live codes: of the code with this identifier, and of a subject's own and guarded codes.
    func liveStatusPlaces(code: [UInt8]?, subject: String?, at now: UInt64) throws -> [StatusPlace]
    /// The codes that a subject holds or is guardian of, oldest first, from the code after `after`.
    func codes(of subject: String, after: [UInt8]?, count: Int) throws -> [StoredCode]

    /// Every key that was ever added, in the order of the starts of their validity.
    func issuerKeys() throws -> [IssuerKeyRecord]
    /// The one active key with exactly these uses.
    func activeIssuerKey(uses: [String]) throws -> IssuerKeyRecord?

    /// The gate with this identifier.
    func gate(_ identifier: [UInt8]) throws -> GateRecord?
    /// Gates in the order of their identifiers, from the gate after `identifier`.
    func gates(after identifier: [UInt8]?, count: Int) throws -> [GateRecord]
    /// The newest report of the gate with this identifier.
    func gateReport(_ gate: [UInt8]) throws -> GateReportRecord?
    /// The standings of gates, in the order and from the place of ``gates(after:count:)``.
    func gateStandings(after identifier: [UInt8]?, count: Int) throws -> [GateStanding]

    /// What a gate registered about a day.
    func settlement(of gate: [UInt8], on day: UInt64) throws -> SettlementRecord?
    /// A day's registered records in the order of their gates, from the gate after `gate`.
    func settlements(on day: UInt64, after gate: [UInt8]?, count: Int) throws -> [SettlementRecord]

    /// The offer with this identifier.
    func offer(_ identifier: [UInt8]) throws -> OfferRecord?
    func offer(codeDigest: [UInt8]) throws -> OfferRecord?
    func offer(lossDigest: [UInt8]) throws -> OfferRecord?
    /// The open offers of a subject's own codes, and of the codes that it is to carry for wards.
    func openOffers(of subject: String) throws -> [OfferRecord]
    /// The holding with this identifier.
    func holding(_ identifier: [UInt8]) throws -> HoldingRecord?
    func holding(lossDigest: [UInt8]) throws -> HoldingRecord?
    /// The holdings of a subject's own codes, and of the codes that it carries for wards, the newest first.
    func holdings(of subject: String, countMax: Int) throws -> [HoldingRecord]
    /// Holdings in the order of their identifiers, from the holding after `identifier`.
    func holdings(after identifier: [UInt8]?, countMax: Int) throws -> [HoldingRecord]
    /// The status indices of a holding's live codes.
    func liveStatusPlaces(ofHolding identifier: [UInt8], subject: String, at now: UInt64) throws -> HeldStatusPlaces
    /// The codes of a subject that have neither ended nor been revoked, the earliest first; with a guardian, only the
    /// codes that this guardian carries.
    func liveCodes(of subject: String, guardian: String?, at now: UInt64, countMax: Int) throws -> [LiveCode]

    /// A list's newest block; earlier blocks are never open.
    func newestStatusBlock(of list: String) throws -> StatusBlock?
    /// The floor that was set under this name.
    func statusFloor(named list: String) throws -> UInt64?
    /// The list names of all blocks, revocations and floors, including the general floor's empty name.
    func statusListNames() throws -> Set<String>
    /// The revoked indices of a list within a range, ascending.
    func revokedIndices(of list: String, in range: Range<UInt64>) throws -> [UInt64]
    func revokedCount(of list: String, in range: Range<UInt64>) throws -> Int
    /// The lowest and the highest revoked index of a list.
    func revokedBounds(of list: String) throws -> (first: UInt64, last: UInt64)?
    /// Whether any code has an index of this list.
    func hasCode(inStatusList list: String) throws -> Bool

    /// The code that was issued last of those whose digests are kept.
    func newestIssuance() throws -> Issuance?
    /// The last issued code of an earlier minute than this, after the code with a number; nil when there is none.
    func lastIssuance(before minute: UInt64, after number: UInt64) throws -> Issuance?
    /// The digests of issued codes in the order of their numbers.
    func issuances(_ numbers: ClosedRange<UInt64>, count: Int) throws -> [Issuance]
    /// The minutes whose digests are kept, in their order.
    func issuedMinutes() throws -> [IssuedMinute]
    /// The sets that are published, in the order of their first minutes.
    func issuedSets() throws -> [IssuedSet]

    /// The answer that is kept under one of these keys.
    func keptAnswer(toKeys keys: (String, String)) throws -> KeptAnswer?
    func counter(_ name: String) throws -> UInt64?
    /// The codes of a form that a caller issued on the newest day with any, by ``CallerIdentity/number``.
    func issuedCount(of uid: UInt64, form: String) throws -> IssuedCount?
    /// The audit trail from the line after `number` and after the floor, in order; `subject` may be in either case.
    func auditLines(after number: UInt64, count: Int, subject: String?) throws -> [AuditLine]
    /// The first line after `number` whose time is not before `time`.
    func firstAuditNumber(after number: UInt64, since time: UInt64) throws -> UInt64?
    /// The running hash over the audit trail up to the line that the log of acts states last; nil before the first.
    func trailChain() throws -> TrailChainState?
    /// The last line of the audit trail that was dropped, and the hash up to it; nil while the trail is whole.
    func trailFloor() throws -> TrailChainState?
    /// The registry's position; nil for a registry of an earlier version without positions.
    func position() throws -> RegistryPosition?

    /// What is known of epoch keys, in the order of their numbers.
    func epochKeys() throws -> [EpochKeyRecord]
    /// Lasting sealed fields in the order of their places, from the field after `place`; erased ones are left out.
    func sealedFields(
        _ kind: SealedField.Kind, after place: SealedField.Place?, countMax: Int
    ) throws -> [SealedField]
    /// Whether any sealed field, lasting or short-lived, needs this epoch key.
    func hasSealedField(under epoch: UInt32) throws -> Bool
    /// The bytes that the registry takes where it is kept, with its indices and its write-ahead log, if it has a file.
    func storedByteCount() throws -> UInt64
    /// Whether the registry comes from a backup and was not recovered yet.
    func isRecoveryNeeded() throws -> Bool
}

/// Changes of the registry, all kept or none.
package protocol RegistryTransaction: RegistrySnapshot {
    func insertPerson(_ subject: [UInt8], residentDigest: [UInt8], sealedLinks: [UInt8], at now: UInt64) throws
    func setSealedLinks(_ sealed: [UInt8], of person: [UInt8]) throws
    /// Sets the digest of a person's linked pair, and replaces an earlier one.
    func setLinkedPair(_ digest: [UInt8], of person: [UInt8]) throws
    func insertEnterprise(_ uscc: String, name: String, at now: UInt64) throws
    func insertObject(_ id: [UInt8], _ object: ObjectRecord, at now: UInt64) throws

    /// Adds a code, and refuses a second code of its day (``CodeDay``) with the same identifier or status index.
    func insertCode(_ code: IssuedCodeRecord) throws
    /// Deletes codes whose day (``CodeDay``) is earlier than `day`; lasting codes stay.
    ///
    /// - Parameters:
    ///   - day: the first day that stays.
    ///   - countMax: the most codes; a store that keeps days apart drops whole days instead.
    /// - Returns: whether more may be left.
    /// - Throws: an error of the store.
    func deleteCodes(before day: UInt64, countMax: Int) throws -> Bool
    /// Deletes at most `countMax` revocations and then as many blocks of a list, and its floor with the last of them.
    func deleteStatusRows(of list: String, countMax: Int) throws -> (revocationCount: Int, blockCount: Int)
    /// Makes ready for the rows of a time and of the days after it.
    func prepareDays(at now: UInt64) throws
    /// Revokes an index of a list.
    ///
    /// - Returns: whether the index is newly revoked; an earlier revocation stays as it is.
    func revoke(_ place: StatusPlace, at now: UInt64, sealedReason: [UInt8]?) throws -> Bool

    /// Keeps the digest of an issued code, under the next number.
    func insertIssuance(digest: [UInt8], minute: UInt64) throws
    /// Adds a minute; it refuses a second one of the same number.
    func insertIssuedMinute(_ minute: IssuedMinute) throws
    /// Sets the entry of a minute.
    func setEntry(_ index: UInt64, ofIssuedMinute minute: UInt64) throws
    /// Adds a published set; it refuses a second one of the same minutes.
    func insertIssuedSet(_ set: IssuedSet) throws
    /// Removes the published sets within these minutes that have fewer minutes than `span`.
    func deleteIssuedSets(in minutes: Range<UInt64>, below span: UInt64) throws
    /// Deletes at most `countMax` digests up to a number, the oldest first.
    ///
    /// - Returns: the number of deleted digests.
    func deleteIssuances(through number: UInt64, countMax: Int) throws -> Int
    /// Removes the minutes before `end`.
    func deleteIssuedMinutes(before end: UInt64) throws

    /// Adds a key, or changes the status of the key that has the same public key.
    ///
    /// It refuses a second active key of the same uses, a key that becomes active again, and a change from compromised.
    func putIssuerKey(_ key: IssuerKeyRecord) throws

    /// Adds a gate, or changes the status and raises the keys' time of the gate with the same identifier.
    ///
    /// Its receiving key is replaced where the new one's time is later.
    /// It refuses a change from revoked.
    func putGate(_ gate: GateRecord) throws

    /// Keeps a gate's report in place of an older one.
    ///
    /// It refuses a report whose counter is not higher than the older one's.
    func putGateReport(_ report: GateReportRecord) throws

    /// Adds a gate's record of a day; it refuses a second one.
    func insertSettlement(_ settlement: SettlementRecord) throws

    /// Adds an offer, or changes the secret, the count of wrong PINs and the status of the one with its identifier.
    ///
    /// It refuses a second offer with the same code or loss code, a status after another than open, and a lower count.
    func putOffer(_ offer: OfferRecord) throws
    /// Removes the secrets of at most `countMax` offers that were over at `time`.
    ///
    /// - Returns: the number of these offers.
    func eraseOfferSecrets(until time: UInt64, countMax: Int) throws -> Int
    /// Deletes at most `countMax` of the offers that were over at `time`, the oldest first.
    ///
    /// - Returns: the number of deleted offers.
    func deleteOffers(until time: UInt64, countMax: Int) throws -> Int
    /// Adds a holding, or changes the status and raises the covered time of the one with the same identifier.
    ///
    /// It refuses a second holding with the same loss code, and a change from revoked.
    func putHolding(_ holding: HoldingRecord) throws

    /// Adds a block whose first index is taken; the position records this commit as the newest that opened a block.
    ///
    /// - Parameters:
    ///   - list: the list's plain name.
    ///   - base: the block's first index.
    ///   - order: the order in which its indices are given out, counted from `base`.
    /// - Throws: `registry_unwritable` for a base that exists already in the list.
    func insertStatusBlock(of list: String, base: UInt64, order: [UInt16]) throws
    func setUsedCount(_ used: Int, ofStatusBlock base: UInt64, of list: String) throws
    /// Marks a block as used up, and deletes its order.
    func closeStatusBlock(_ base: UInt64, of list: String) throws
    /// Sets a floor, or raises an existing floor.
    func raiseStatusFloor(named list: String, to base: UInt64) throws

    /// Keeps an answer, in place of an earlier answer to the same key.
    func putAnswer(_ answer: KeptAnswer) throws
    /// Deletes at most `countMax` of the answers that were kept at `time` or before, the oldest first.
    ///
    /// - Returns: the number of deleted answers.
    func deleteAnswers(until time: UInt64, countMax: Int) throws -> Int
    /// Sets a counter, or raises it to `value`.
    func raiseCounter(_ name: String, to value: UInt64) throws
    /// Keeps the count of a day; it refuses an earlier day, and a lower count of the same day.
    func putIssuedCount(_ count: IssuedCount, of uid: UInt64, form: String) throws
    /// Adds a line to the audit trail, with ``CallerIdentity/number``; above the floor no line can be changed or removed.
    func insertAuditLine(uid: UInt64, action: String, subject: String, detail: String?, at now: UInt64) throws

    /// Gives later lines of the audit trail numbers above `number`.
    func raiseAuditNumber(to number: UInt64) throws
    /// Keeps the running hash over the audit trail, in place of an earlier one.
    func putTrailChain(_ state: TrailChainState) throws
    /// Raises the floor of the audit trail, below which no later line's number is.
    ///
    /// It refuses a lower one, and one above the line of ``trailChain()``.
    func raiseTrailFloor(to floor: TrailChainState) throws
    /// Deletes lines of the audit trail up to its floor.
    ///
    /// - Parameter countMax: the most lines; a store that keeps months apart drops whole months instead.
    /// - Returns: whether more may be left.
    /// - Throws: an error of the store.
    func deleteAuditLines(countMax: Int) throws -> Bool

    /// Begins the count of commits.
    func beginPosition(of installation: [UInt8]) throws
    /// Raises the count of commits to at least `count`, before the transaction itself is counted.
    func raiseCommitCount(to count: UInt64) throws

    /// Adds an epoch key, or changes its status; it refuses a change from destroyed, and another mark.
    func putEpochKey(_ key: EpochKeyRecord) throws
    /// Replaces a field's bytes by others of the same length.
    ///
    /// - Returns: false, with nothing changed, where the row has other bytes by now.
    func replace(_ field: SealedField, by sealed: [UInt8]) throws -> Bool
    func setRecoveryNeeded(_ isNeeded: Bool) throws
}

/// An index of a status list.
package struct StatusPlace: Sendable, Hashable {
    /// The list's plain name.
    package let list: String
    package let index: UInt64
}

/// The status indices of a holding's live codes.
package struct HeldStatusPlaces: Sendable, Equatable {
    /// The codes' own indices.
    package let own: [StatusPlace]
    /// The guardians' indices in the same codes.
    package let guardians: [StatusPlace]
}

/// A block of a status list's indices.
package struct StatusBlock: Sendable, Equatable {
    /// The block's first index.
    package let base: UInt64
    /// The number of indices that were taken.
    package let used: Int
    /// The next index to take, counted from `base`; nil when the block has no order.
    package let next: UInt64?

    /// The first index after the block.
    var end: UInt64 { base + UInt64(Registry.statusBlockCount) }
}

/// A code with the reason of its revocation still sealed.
package struct StoredCode: Sendable, Equatable {
    package var code: PastCode
    /// The sealed reason, and the index that it is sealed for.
    package var sealedReason: [UInt8]?
    package var revokedIndex: UInt64?
}

/// An answer kept for repeated requests.
package struct KeptAnswer: Sendable, Equatable {
    /// A keyed digest of the user and the idempotency key.
    package let key: String
    /// A keyed digest of the request.
    package let requestDigest: [UInt8]
    /// The answer, sealed for its key.
    package let sealedAnswer: [UInt8]
    /// The time of the answer, in seconds since 1970-01-01T00:00:00Z.
    package let time: UInt64
}
