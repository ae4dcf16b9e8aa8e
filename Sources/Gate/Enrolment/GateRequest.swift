package import Encoding
package import Signing

/// A gate's request to be registered, signed by the gate's own key.
///
/// JSON: `{"gate", "name", "signingKey", "receivingKey", "root", "iat", "signature"}`; the keys are SubjectPublicKeyInfo
/// in Base64, the gate and the root are hex.
package struct GateRequest: Sendable, Equatable {
    package static let byteCountMax = 4096
    package static let nameByteCountMax = 64
    private static let form = GateRequestForm(
        members: ["gate", "name", "signingKey", "receivingKey", "root", "iat", "signature"],
        byteCountMax: byteCountMax, command: "verify enrol")

    package let name: String
    package let signingKey: VerificationKey
    package let receivingKey: ReceivingPublicKey
    /// SHA-256 of the SPKI of the root that the gate trusts.
    package let rootDigest: [UInt8]
    /// Seconds since 1970-01-01T00:00:00Z, by the gate's clock.
    package let issuedAt: UInt64
    private let signature: [UInt8]

    package var gate: GateIdentifier { GateIdentifier(of: signingKey) }

    /// Makes and signs a request.
    ///
    /// - Throws: `request_invalid` for a name that is empty, too long or has control characters; `signing_failed`.
    package init(
        name: String, signingKey: SigningKey, receivingKey: ReceivingPublicKey, rootDigest: [UInt8], issuedAt: UInt64
    ) throws {
        guard Self.isName(name) else { throw Self.invalidName }
        (self.name, self.signingKey, self.receivingKey) = (name, signingKey.verificationKey, receivingKey)
        (self.rootDigest, self.issuedAt) = (rootDigest, issuedAt)
        signature = try signingKey.sign(
            Self.signedText(name, signingKey.verificationKey, receivingKey, rootDigest, issuedAt))
    }

    /// Reads a request, and checks its signature, its gate identifier and its keys.
    ///
    /// - Throws: `request_invalid`, or `bad_signature`.
    package init(_ bytes: [UInt8]) throws(BundleError) {
        try self.init(try Self.form.parse(bytes))
    }

    /// Reads a parsed request; as ``init(_:)-([UInt8])``.
    package init(_ value: JSONValue) throws(BundleError) {
        try Self.form.checkMembers(of: value)
        guard let name = value["name"]?.string, Self.isName(name) else { throw Self.invalidName }
        guard let signing = GateRequestForm.base64(value["signingKey"]),
            let receiving = GateRequestForm.base64(value["receivingKey"]),
            let signingKey = try? VerificationKey(spki: signing), let suite = signingKey.algorithm.suite,
            let receivingKey = try? ReceivingPublicKey(spki: receiving), receivingKey.belongs(to: suite)
        else { throw Self.form.invalid("its keys are not a signing key and a receiving key of one suite") }
        guard let root = value["root"]?.string.flatMap({ try? Hex.decode($0) }), root.count == 32,
            let issuedAt = value["iat"]?.unsigned,
            let signature = GateRequestForm.base64(value["signature"])
        else { throw Self.form.invalid("its root, iat or signature is malformed") }
        guard value["gate"]?.string == GateIdentifier(of: signingKey).text else {
            throw Self.form.invalid("its gate is not the identifier of its signing key")
        }
        guard signingKey.isValid(signature, for: Self.signedText(name, signingKey, receivingKey, root, issuedAt)) else {
            throw Self.form.badSignature
        }
        (self.name, self.signingKey, self.receivingKey) = (name, signingKey, receivingKey)
        (rootDigest, self.issuedAt, self.signature) = (root, issuedAt, signature)
    }

    /// The request as it is sent.
    package var json: JSONValue {
        [
            "gate": .string(gate.text), "name": .string(name),
            "signingKey": .string(Base64.encode(signingKey.spki)),
            "receivingKey": .string(Base64.encode(receivingKey.spki)), "root": .string(Hex.encode(rootDigest)),
            "iat": .integer(Int64(clamping: issuedAt)), "signature": .string(Base64.encode(signature)),
        ]
    }

    /// The text that an operator compares on both sides: 128 bits of SHA-256 over both public keys.
    package var fingerprint: String {
        Self.fingerprint(signingKey: signingKey.spki, receivingKey: receivingKey.spki)
    }

    /// The fingerprint of two keys: eight groups of four hexadecimal digits.
    package static func fingerprint(signingKey: [UInt8], receivingKey: [UInt8]) -> String {
        let message = Array("suishen gate fingerprint v1\n\(Base64.encode(signingKey))\n".utf8)
        let digest = DigestAlgorithm.sha256.digest(message + Array(Base64.encode(receivingKey).utf8))
        return stride(from: 0, to: 16, by: 2).map { Hex.encode(digest[$0..<$0 + 2]) }.joined(separator: "-")
    }

    private static func signedText(
        _ name: String, _ signingKey: VerificationKey, _ receivingKey: ReceivingPublicKey, _ root: [UInt8],
        _ issuedAt: UInt64
    ) -> [UInt8] {
        GateRequestForm.signedText([
            "suishen gate request v1", GateIdentifier(of: signingKey).text, name, Base64.encode(signingKey.spki),
            Base64.encode(receivingKey.spki), Hex.encode(root), "\(issuedAt)",
        ])
    }

    static func isName(_ name: String) -> Bool {
        (1...nameByteCountMax).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            }
    }

    static let invalidName = form.invalid("its name is not 1 to \(nameByteCountMax) bytes of visible characters")
}
