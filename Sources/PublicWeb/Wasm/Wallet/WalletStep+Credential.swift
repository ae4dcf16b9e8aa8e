import Credential
import Encoding
import Signing

extension WalletStep {
    /// What a person code says of itself, with no signature checked; the part is its text.
    @inline(never)
    static func credential(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        let text = try parts.text(0)
        let (credential, claims): (UnverifiedCredential, Claims)
        do {
            credential = try UnverifiedCredential(text: text)
            claims = try credential.claimsUnchecked()
        } catch {
            throw StepFailure(error)
        }
        guard let person = claims.person, let expiresAt = claims.expiresAt else {
            throw StepFailure("malformed", "the text is not a person code")
        }
        let binding: [UInt8] =
            switch person.binding {
            case .deviceKey(let bytes), .anchor(let bytes): bytes
            case .none: []
            }
        return [
            "kind": .string(person.kind.name), "issuedAt": .seconds(claims.issuedAt), "expiresAt": .seconds(expiresAt),
            "issuer": .string(claims.issuer), "keyIdentifier": .string(Hex.encode(credential.keyIdentifier)),
            "algorithm": .string(credential.algorithm.token), "isDelegated": .bool(person.actor != nil),
            "identifier": .string(Hex.encode(person.cti)), "binding": .string(Hex.encode(binding)),
        ]
    }
}
