import Encoding

/// A public key of the trust list, with its uses.
package struct IssuerKeyRecord: Sendable, Equatable {
    package enum Status: String, Sendable {
        case active, retired, compromised
    }

    package let keyIdentifier: [UInt8]
    package let issuer: String
    package let spki: [UInt8]
    /// The uses: any of person, enterprise, object, statuslist, checkpoint.
    package let uses: [String]
    package let notBefore: UInt64
    package let expiresAt: UInt64
    package let status: Status
    /// The newest time that a code or list of the key may bear; nil while the key is active.
    package let retiredAt: UInt64?

    package init(
        keyIdentifier: [UInt8], issuer: String, spki: [UInt8], uses: [String], notBefore: UInt64, expiresAt: UInt64,
        status: Status, retiredAt: UInt64? = nil
    ) {
        self.keyIdentifier = keyIdentifier
        self.issuer = issuer
        self.spki = spki
        self.uses = uses
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.status = status
        self.retiredAt = retiredAt
    }
}

extension IssuerKeyRecord {
    /// The key with another status; a time of retirement stays once it is set.
    package func with(_ status: Status, retiredAt: UInt64? = nil) -> IssuerKeyRecord {
        IssuerKeyRecord(
            keyIdentifier: keyIdentifier, issuer: issuer, spki: spki, uses: uses, notBefore: notBefore,
            expiresAt: expiresAt, status: status, retiredAt: self.retiredAt ?? retiredAt)
    }
}

extension Registry {
    /// Adds a key, or changes the status of an existing key.
    ///
    /// The store refuses a second active key of the same uses, and any change back from retired or compromised. It
    /// keeps the first time of retirement.
    package static func put(_ key: IssuerKeyRecord, in transaction: any RegistryTransaction) throws {
        try transaction.putIssuerKey(key)
    }

    /// Notes a code that is issued for a later time, so that the retirement of its key does not end the code.
    package static func noteLaterCode(
        issuedAt: UInt64, by keyIdentifier: [UInt8], in transaction: any RegistryTransaction
    ) throws {
        try transaction.raiseCounter(newestCodeCounter(keyIdentifier), to: issuedAt)
    }

    /// The time of retirement for a key that signs no more: now, or the newest code's time if that is later.
    package static func retirementTime(
        of keyIdentifier: [UInt8], at now: UInt64, in snapshot: any RegistrySnapshot
    ) throws -> UInt64 {
        max(now, try snapshot.counter(newestCodeCounter(keyIdentifier)) ?? 0)
    }

    private static func newestCodeCounter(_ keyIdentifier: [UInt8]) -> String {
        "newest code \(Hex.encode(keyIdentifier))"
    }

    /// Every key that was ever added.
    package func keys(in snapshot: any RegistrySnapshot) throws -> [IssuerKeyRecord] {
        try snapshot.issuerKeys()
    }

    /// The one active key of these uses; nil when no key is active.
    package static func activeKey(uses: [String], in snapshot: any RegistrySnapshot) throws -> IssuerKeyRecord? {
        try snapshot.activeIssuerKey(uses: uses)
    }
}
