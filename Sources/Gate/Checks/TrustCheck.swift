import Credential
import ForeignCodes

/// The bundle has keys that may have signed the code: of its algorithm, for its form, and still valid.
struct TrustedKeys: Proof {
    static let check = SuishenCheck.trust
    /// The usable keys' records, at least one.
    let records: [IssuerRecord]

    init(of code: ReadableCode, in trust: TrustList, at now: UInt64) throws(Refusal) {
        let credential = code.credential
        let known = trust.records(credential.keyIdentifier)
        guard !known.isEmpty else { throw Refusal(.unknownIssuer, "no issuer in the bundle has this key") }
        let matching = known.filter { $0.algorithm == credential.algorithm }
        guard !matching.isEmpty else {
            throw Refusal(.algorithmMismatch, "the code's header and the key's record name different algorithms")
        }
        let use = KeyUse(rawValue: credential.form.name)
        let usable = matching.filter { record in use.map(record.uses.contains) == true }
        guard !usable.isEmpty else {
            throw Refusal(.keyNotForThisUse, "the key may not sign \(credential.form.name) codes")
        }
        let sound = usable.filter { $0.status != .compromised }
        guard !sound.isEmpty else {
            throw Refusal(.keyExpired, "the key was compromised", warning: "key_compromised")
        }
        records = sound.filter { now < $0.expiresAt }
        guard !records.isEmpty else { throw Refusal(.keyExpired, "the key has expired") }
    }
}
