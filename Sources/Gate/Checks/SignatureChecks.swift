import Credential
import ForeignCodes
import Signing

/// A trusted key of the named issuer signed the code, at a time when the issuer used the key.
struct SignedCode: Proof {
    static let check = SuishenCheck.signature
    let credential: VerifiedCredential

    init(_ code: ReadableCode, by keys: TrustedKeys, in trust: TrustList) throws(Refusal) {
        var refusal = Refusal(.badSignature, "the issuer's signature is wrong")
        for record in keys.records {
            guard let key = trust.key(record) else { continue }
            do {
                let verified = try code.credential.verified(by: key)
                guard verified.claims.issuer == record.issuer, record.signs(at: verified.claims.issuedAt) else {
                    refusal = Refusal(
                        .keyNotForThisUse, "\(verified.claims.issuer) did not sign with the key at that time")
                    continue
                }
                credential = verified
                return
            } catch {
                refusal = Refusal(error)
                // Another key with the same identifier may still match; another key cannot cure any other error.
                if error.code != .badSignature { throw refusal }
            }
        }
        throw refusal
    }

    var claims: Claims { credential.claims }
}

/// The code's life has begun and has not ended.
struct CodeInLife: Proof {
    static let check = SuishenCheck.life

    /// The clock skew is allowed for the start, not for the end.
    init(_ code: SignedCode, at now: UInt64, skewSeconds: UInt64) throws(Refusal) {
        do throws(CredentialError) {
            try code.credential.checkValidity(at: now, skewSeconds: 0)
        } catch {
            guard error.code == .notYetValid else { throw Refusal(error) }
            do throws(CredentialError) {
                try code.credential.checkValidity(at: now, skewSeconds: skewSeconds)
            } catch {
                throw Refusal(error)
            }
        }
    }
}
