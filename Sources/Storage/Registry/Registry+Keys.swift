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
}

extension Registry {
    /// Adds a key, or changes the status of one that is there.
    ///
    /// The store refuses a second active key of the same uses, and any way back from retired or compromised.
    package static func put(_ key: IssuerKeyRecord, in transaction: any RegistryTransaction) throws {
        try transaction.putIssuerKey(key)
    }

    /// Every key that was ever added.
    package func keys(in snapshot: any RegistrySnapshot) throws -> [IssuerKeyRecord] {
        try snapshot.issuerKeys()
    }

    /// The one key of these uses that signs; nil where none does.
    package static func activeKey(uses: [String], in snapshot: any RegistrySnapshot) throws -> IssuerKeyRecord? {
        try snapshot.activeIssuerKey(uses: uses)
    }
}
