import Gate
import Storage
import TraceLog

/// The keys' statuses that an installation published, which its restored registry may not know.
struct PublishedKeys {
    private let issuers: [IssuerRecord]

    init(_ issuers: [IssuerRecord]) { self.issuers = issuers }

    /// Retires and strikes keys as the published trust list does, and adds keys that the registry lacks as retired.
    ///
    /// An added key's private half was made after the backup and is lost. What it has signed stays good.
    func apply(at now: UInt64, in transaction: any RegistryTransaction) throws {
        let known = try transaction.issuerKeys()
        let names = Set(known.map(\.issuer))
        for record in issuers where names.contains(record.issuer) {
            if let key = known.first(where: { $0.spki == record.publicKey }) {
                try Self.follow(record.status, retiredAt: record.retiredAt ?? now, key, in: transaction)
                continue
            }
            try transaction.putIssuerKey(
                IssuerKeyRecord(
                    keyIdentifier: record.keyIdentifier, issuer: record.issuer, spki: record.publicKey,
                    uses: KeyUse.allCases.filter { record.uses.contains($0) }.map(\.rawValue),
                    notBefore: record.notBefore, expiresAt: record.expiresAt,
                    status: record.status == .compromised ? .compromised : .retired,
                    retiredAt: record.retiredAt ?? now))
        }
    }

    /// Retires and strikes keys as entries of the log do.
    static func apply(_ survey: LogSurvey, in transaction: any RegistryTransaction) throws {
        for key in try transaction.issuerKeys() {
            guard let newest = survey.keys[key.spki], newest.change.actor == key.issuer else { continue }
            let status: KeyStatus =
                switch newest.change.status {
                case .active: .active
                case .retired: .retired
                case .revoked: .compromised
                }
            let time = newest.recordedAtMilliseconds / 1000
            let retiredAt = try Registry.retirementTime(of: key.keyIdentifier, at: time, in: transaction)
            try follow(status, retiredAt: retiredAt, key, in: transaction)
        }
    }

    private static func follow(
        _ status: KeyStatus, retiredAt: UInt64, _ key: IssuerKeyRecord, in transaction: any RegistryTransaction
    ) throws {
        switch (key.status, status) {
        case (.active, .retired): try transaction.putIssuerKey(key.with(.retired, retiredAt: retiredAt))
        case (.active, .compromised), (.retired, .compromised):
            try transaction.putIssuerKey(key.with(.compromised, retiredAt: retiredAt))
        default: break
        }
    }
}
