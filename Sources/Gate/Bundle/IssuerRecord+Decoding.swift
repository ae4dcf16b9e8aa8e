import Encoding
import Signing

extension IssuerRecord {
    init(_ item: CBORItem) throws(BundleError) {
        let fields = try DocumentFields(item, in: "an issuer's record")
        guard let algorithm = SignatureAlgorithm(rawValue: try fields.integer("alg")) else {
            throw fields.invalidMember("alg")
        }
        // A mapped status list names its signer at a fixed length.
        guard try fields.bytes("kid").count == VerificationKey.keyIdentifierByteCount else {
            throw fields.invalidMember("kid")
        }
        guard let status = KeyStatus(rawValue: try fields.text("status")) else { throw fields.invalidMember("status") }
        try self.init(
            issuer: fields.text("iss"), keyIdentifier: fields.bytes("kid"), algorithm: algorithm,
            publicKey: fields.bytes("key"),
            uses: KeyUses(fields.values("uses", countMax: KeyUse.allCases.count, KeyUse.init(rawValue:))),
            notBefore: fields.unsigned("nbf"), expiresAt: fields.unsigned("exp"), status: status,
            retiredAt: fields["retiredAt"] == nil ? nil : fields.unsigned("retiredAt"))
    }
}
