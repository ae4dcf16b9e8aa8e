import Credential
import Encoding
import Platform
import Signing

extension PageProof {
    /// The code: signed by a key of the trust list that may sign such codes, and in its life.
    ///
    /// The parts are the signed message, `O` or `E`, and the time in seconds.
    mutating func takeCode(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        code = nil
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
        code = verified
        return Self.described(verified.claims)
    }

    private static func verified(
        _ credential: UnverifiedCredential, by trust: PageTrust, at now: UInt64
    ) throws(CredentialError) -> VerifiedCredential {
        let use: KeyUse = credential.form == .enterprise ? .enterprise : .object
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

    /// The claims that the page shows, for its script to compare.
    private static func described(_ claims: Claims) -> JSONObject {
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
        case .person: break
        }
        if let list = claims.statusList, let index = claims.statusIndices.first {
            object["list"] = .string(list.shard(of: index).name)
            object["bit"] = .string(String(index % StatusListReference.shardBitCount))
        }
        return object
    }
}
