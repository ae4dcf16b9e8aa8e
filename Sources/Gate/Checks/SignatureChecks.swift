import Credential
import ForeignCodes
import Signing

/// A trusted key of the issuer that the code names signed it, after the key's begin.
struct SignedCode: Proof {
    static let check = SuishenCheck.signature
    let credential: VerifiedCredential

    init(_ code: ReadableCode, by keys: TrustedKeys, in trust: TrustList) throws(Refusal) {
        var refusal = Refusal(.badSignature, "the issuer's signature does not fit")
        for record in keys.records {
            guard let key = trust.key(record) else { continue }
            do {
                let verified = try code.credential.verified(by: key)
                guard verified.claims.issuer == record.issuer, verified.claims.issuedAt >= record.notBefore else {
                    refusal = Refusal(.keyNotForThisUse, "the key is not \(verified.claims.issuer)'s at that time")
                    continue
                }
                credential = verified
                return
            } catch {
                refusal = Refusal(error)
                // Another key of the same identifier may still fit; no other fault goes away with another key.
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

    /// The skew forgives a begin that lies ahead; an end is an end.
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
