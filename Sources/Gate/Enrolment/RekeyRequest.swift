package import Encoding
package import Signing

/// A gate's request to be sealed to another receiving key; nobody has checked its signature yet.
///
/// JSON: `{"gate", "receivingKey", "iat", "signature"}`; the key is SubjectPublicKeyInfo in Base64, the gate is hex.
package struct UnverifiedRekeyRequest: Sendable, Equatable {
    package static let byteCountMax = 2048
    private static let members = ["gate", "receivingKey", "iat", "signature"]

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
        guard let value = try? JSONValue.parse(bytes, byteCountMax: Self.byteCountMax, depthMax: 2) else {
            throw Self.invalid("it is not JSON of at most \(Self.byteCountMax) bytes")
        }
        try self.init(value)
    }

    /// Reads a parsed request; as ``init(_:)-([UInt8])``.
    package init(_ value: JSONValue) throws(BundleError) {
        guard let members = value.object?.members, members.map(\.key).sorted() == Self.members.sorted() else {
            throw Self.invalid("its members are not \(Self.members.joined(separator: ", "))")
        }
        guard let gate = value["gate"]?.string.flatMap({ GateIdentifier($0) }),
            let receiving = value["receivingKey"]?.string.flatMap({ try? Base64.decode($0) }),
            let receivingKey = try? ReceivingPublicKey(spki: receiving),
            let issuedAt = value["iat"]?.integer.flatMap(UInt64.init(exactly:)),
            let signature = value["signature"]?.string.flatMap({ try? Base64.decode($0) })
        else { throw Self.invalid("its gate, receivingKey, iat or signature is malformed") }
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
            throw BundleError(
                code: .badSignature, reason: "the request is not signed by the gate's own key",
                hint: "print the request again with `verify renew-key`, and copy it whole")
        }
        guard let suite = key.algorithm.suite, receivingKey.belongs(to: suite) else {
            throw Self.invalid("its receiving key is of another suite than the gate's signing key")
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
        let lines = ["suishen gate rekey v1", gate.text, Base64.encode(receivingKey.spki), "\(issuedAt)"]
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    private static func invalid(_ reason: String) -> BundleError {
        BundleError(
            code: .requestInvalid, reason: "the gate's request cannot be used: \(reason)",
            hint: "print it again with `verify renew-key`, and copy it whole")
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
