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
}

extension Registry {
    /// Adds a key, or changes the status of an existing key.
    ///
    /// The store refuses a second active key of the same uses, and any change back from retired or compromised.
    package static func put(_ key: IssuerKeyRecord, in transaction: any RegistryTransaction) throws {
        try transaction.putIssuerKey(key)
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
