import Credential
import Encoding
import Platform
import Signing

extension CodeProof {
    /// The code: signed by a key of the trust list that may sign such codes, and in its life.
    ///
    /// The parts are the signed message, `O` or `E`, and the time in seconds.
    @inline(never)
    mutating func takeCode(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        claims = nil
        guard let trust else { throw .misused }
        let (bytes, letter, now) = (Array(try parts.bytes(0)), Array(try parts.bytes(1)), try parts.number(2))
        let form: Form = letter == [UInt8(ascii: "E")] ? .enterprise : .object
        let verified: VerifiedCredential
        do throws(CredentialError) {
            verified = try Self.verified(UnverifiedCredential(bytes: bytes, form: form), by: trust, at: now)
            try verified.checkValidity(at: now, skewSeconds: PageTrust.clockSkewSeconds)
        } catch {
            throw StepFailure(error.codeText, error.reason)
        }
        claims = verified.claims
        return Self.described(verified.claims)
    }

    static func verified(
        _ credential: UnverifiedCredential, by trust: PageTrust, at now: UInt64
    ) throws(CredentialError) -> VerifiedCredential {
        let use: KeyUse =
            switch credential.form {
            case .person: .person
            case .enterprise: .enterprise
            case .object: .object
            }
        let keys = trust.keys(credential.keyIdentifier, for: use).filter { now < $0.record.expiresAt }
        for (record, key) in keys where record.algorithm == credential.algorithm {
            let verified: VerifiedCredential
            do throws(CredentialError) {
                verified = try credential.verified(by: key)
            } catch {
                // Another key with the same identifier may have signed.
                if error.code == .badSignature { continue }
                throw error
            }
            if verified.claims.issuer == record.issuer, record.signs(at: verified.claims.issuedAt) { return verified }
        }
        throw CredentialError(
            code: .badSignature, reason: "no key of the trust list that may sign this code has signed it",
            hint: "check the code with `verify`")
    }

    /// The claims that the page shows; of a person nothing but the kind of code.
    static func described(_ claims: Claims) -> JSONObject {
        var object: JSONObject = ["issuer": .string(claims.issuer), "issuedAt": .string(String(claims.issuedAt))]
        object["expiresAt"] = claims.expiresAt.map { .string(String($0)) }
        switch claims.body {
        case .enterprise(let enterprise):
            object["name"] = .string(enterprise.name)
            object["uscc"] = .string(enterprise.uscc.text)
        case .object(let body):
            object["id"] = .string(Hex.encode(body.id))
            object["manager"] = .string(body.manager.text)
            object["kind"] = .string(body.kind.name)
            object["category"] = .string(String(body.category))
        case .person(let person): object["kind"] = .string(person.kind.name)
        }
        if let list = claims.statusList {
            object["lists"] = .array(claims.statusIndices.map { .string(list.shard(of: $0).name) })
        }
        return object
    }
}
