package import Encoding
package import Signing

/// A gate's request to be sealed to another receiving key; nobody has checked its signature yet.
///
/// JSON: `{"gate", "receivingKey", "iat", "signature"}`; the key is SubjectPublicKeyInfo in Base64, the gate is hex.
package struct UnverifiedRekeyRequest: Sendable, Equatable {
    package static let byteCountMax = 2048
    private static let form = GateRequestForm(
        members: ["gate", "receivingKey", "iat", "signature"], byteCountMax: byteCountMax, command: "verify renew-key")

    /// The gate whose signing key must have signed the request.
    package let gate: GateIdentifier
    fileprivate let receivingKey: ReceivingPublicKey
    fileprivate let issuedAt: UInt64
    private let signature: [UInt8]

    /// Makes and signs a request.
    ///
    /// - Parameters:
    ///   - receivingKey: the new key.
    ///   - signingKey: the gate's.
    ///   - issuedAt: seconds since 1970-01-01T00:00:00Z; later than in the request before.
    /// - Throws: `signing_failed`.
    package init(
        for receivingKey: ReceivingPublicKey, signedBy signingKey: SigningKey, issuedAt: UInt64
    ) throws(SigningError) {
        gate = GateIdentifier(of: signingKey.verificationKey)
        (self.receivingKey, self.issuedAt) = (receivingKey, issuedAt)
        signature = try signingKey.sign(Self.signedText(gate, receivingKey, issuedAt))
    }

    /// Reads a request.
    ///
    /// - Throws: `request_invalid`.
    package init(_ bytes: [UInt8]) throws(BundleError) {
        try self.init(try Self.form.parse(bytes))
    }

    /// Reads a parsed request; as ``init(_:)-([UInt8])``.
    package init(_ value: JSONValue) throws(BundleError) {
        try Self.form.checkMembers(of: value)
        guard let gate = value["gate"]?.string.flatMap({ GateIdentifier($0) }),
            let receiving = GateRequestForm.base64(value["receivingKey"]),
            let receivingKey = try? ReceivingPublicKey(spki: receiving),
            let issuedAt = value["iat"]?.unsigned,
            let signature = GateRequestForm.base64(value["signature"])
        else { throw Self.form.invalid("its gate, receivingKey, iat or signature is malformed") }
        (self.gate, self.receivingKey) = (gate, receivingKey)
        (self.issuedAt, self.signature) = (issuedAt, signature)
    }

    /// Checks the request by the signing key under which the gate is registered.
    ///
    /// - Throws: `bad_signature`, also for another gate's key; `request_invalid` for a receiving key of another suite.
    package func verified(by key: VerificationKey) throws(BundleError) -> RekeyRequest {
        guard GateIdentifier(of: key) == gate,
            key.isValid(signature, for: Self.signedText(gate, receivingKey, issuedAt))
        else {
            throw Self.form.badSignature
        }
        guard let suite = key.algorithm.suite, receivingKey.belongs(to: suite) else {
            throw Self.form.invalid("its receiving key is of another suite than the gate's signing key")
        }
        return RekeyRequest(self)
    }

    /// The request as it is sent.
    package var json: JSONValue {
        [
            "gate": .string(gate.text), "receivingKey": .string(Base64.encode(receivingKey.spki)),
            "iat": .integer(Int64(clamping: issuedAt)), "signature": .string(Base64.encode(signature)),
        ]
    }

    private static func signedText(
        _ gate: GateIdentifier, _ receivingKey: ReceivingPublicKey, _ issuedAt: UInt64
    ) -> [UInt8] {
        GateRequestForm.signedText([
            "suishen gate rekey v1", gate.text, Base64.encode(receivingKey.spki), "\(issuedAt)",
        ])
    }
}

/// A request to be sealed to another receiving key that the gate itself has signed.
package struct RekeyRequest: Sendable, Equatable {
    package let gate: GateIdentifier
    package let receivingKey: ReceivingPublicKey
    /// Seconds since 1970-01-01T00:00:00Z, by the gate's clock.
    package let issuedAt: UInt64

    fileprivate init(_ request: UnverifiedRekeyRequest) {
        (gate, receivingKey, issuedAt) = (request.gate, request.receivingKey, request.issuedAt)
    }
}
