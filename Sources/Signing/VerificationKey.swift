/// A public key, parsed once and usable from any number of threads.
package final class VerificationKey: Sendable {
    /// The largest accepted SubjectPublicKeyInfo; that of an RSA key of 8,192 bits has 1,062 bytes.
    package static let byteCountMax = 2048

    /// Bytes of a key identifier.
    package static let keyIdentifierByteCount = 4

    package let algorithm: SignatureAlgorithm
    /// The SubjectPublicKeyInfo in DER; its point is uncompressed, even where a compressed one was read.
    package let spki: [UInt8]
    /// Ed25519: 32 bytes; P-256 and SM2: the compressed point, 33 bytes; RSA: the SubjectPublicKeyInfo.
    package let raw: [UInt8]
    /// The first 4 bytes of SHA-256 over ``spki``; several keys may share one.
    package let keyIdentifier: [UInt8]

    private static let p384HalfByteCount = 48

    /// Nil for Ed25519: ``Ed25519Signature`` needs ``raw`` only.
    private let operations: KeyOperationPool?
    /// The byte count of r and of s: 32, or 48 for a foreign key on P-384.
    private let halfByteCount: Int

    /// Reads a SubjectPublicKeyInfo in DER: Ed25519, P-256, SM2, or RSA from 2,048 bits.
    ///
    /// - Throws: `key_wrong_algorithm`, `key_malformed` when the point is not on its curve, `key_too_large`.
    package convenience init(spki: [UInt8]) throws(SigningError) {
        guard spki.count <= Self.byteCountMax else {
            throw SigningError(
                code: .keyTooLarge,
                reason: "the public key has \(spki.count) bytes, more than the limit of \(Self.byteCountMax)",
                hint: "give one key's SubjectPublicKeyInfo")
        }
        for algorithm in SignatureAlgorithm.allCases {
            if let raw = KeyEncoding.of(algorithm)?.rawKey(inSPKI: spki) {
                try self.init(raw: raw, algorithm: algorithm)
                return
            }
        }
        guard let handle = KeyHandle(rsaSPKI: spki) else { throw Self.notOurs }
        self.init(handle: handle, algorithm: .ps256, spki: spki, raw: spki)
    }

    /// Reads another issuer's SubjectPublicKeyInfo: every key of ``init(spki:)``, and P-384.
    ///
    /// Some issuers sign ES256 with keys on P-384. RFC 9053 §2.1 advises against it and does not forbid it. The
    /// project's own trust lists refuse such keys.
    package convenience init(foreignSPKI spki: [UInt8]) throws(SigningError) {
        if spki.count <= Self.byteCountMax, let handle = KeyHandle(p384SPKI: spki) {
            self.init(handle: handle, algorithm: .es256, spki: spki, raw: spki, halfByteCount: Self.p384HalfByteCount)
        } else {
            try self.init(spki: spki)
        }
    }

    /// Takes a raw key: 32 bytes of Ed25519, or a point of P-256 or SM2 in 33 bytes or 65.
    ///
    /// - Throws: `key_malformed` for another length or a point that is not on its curve, `key_wrong_algorithm` for RSA.
    ///   An Ed25519 key is not checked here: no signature is valid under a key that is not on the curve.
    package convenience init(raw: [UInt8], algorithm: SignatureAlgorithm) throws(SigningError) {
        guard let encoding = KeyEncoding.of(algorithm) else { throw Self.notOurs }
        if encoding.order == nil, raw.count == Ed25519Signature.keyByteCount {
            self.init(handle: nil, algorithm: algorithm, spki: encoding.publicPrefix + raw, raw: raw)
            return
        }
        let isShaped: Bool
        switch (raw.count, raw.first) {
        case (33, 0x02), (33, 0x03), (65, 0x04): isShaped = encoding.order != nil
        default: isShaped = false
        }
        guard isShaped, let handle = KeyHandle(point: raw, encoding: encoding),
            let full = raw.count == 33 ? handle.rawPublicKey(encoding) : raw
        else {
            throw SigningError(
                code: .keyMalformed,
                reason: "\(raw.count) bytes that are not an \(algorithm.name) public key",
                hint: "give 32 bytes for Ed25519, or a point on the curve in 33 or 65 bytes")
        }
        let compressed = [0x02 | full[64] & 1] + full[1...32]
        self.init(handle: handle, algorithm: algorithm, spki: encoding.publicPrefix + full, raw: compressed)
    }

    /// Whether this is a foreign issuer's key on P-384, made by ``init(foreignSPKI:)``.
    package var isOnP384: Bool { halfByteCount == Self.p384HalfByteCount }

    /// Reads a PEM block `PUBLIC KEY`, the output of `openssl pkey -pubout`.
    ///
    /// - Throws: as ``init(spki:)``, and `key_malformed` when there is no such block.
    package convenience init(pem: [UInt8]) throws(SigningError) {
        guard pem.count <= 2 * Self.byteCountMax, let document = PEMDocument(pem), document.label == "PUBLIC KEY" else {
            throw SigningError(
                code: .keyMalformed,
                reason: "the \(pem.count) bytes have no PEM block PUBLIC KEY",
                hint: "export it with `openssl pkey -in KEY.pem -pubout`")
        }
        try self.init(spki: document.der)
    }

    private init(
        handle: KeyHandle?, algorithm: SignatureAlgorithm, spki: [UInt8], raw: [UInt8],
        halfByteCount: Int = RawSignature.byteCount / 2
    ) {
        self.halfByteCount = halfByteCount
        self.algorithm = algorithm
        self.spki = spki
        self.raw = raw
        keyIdentifier = Array(DigestAlgorithm.sha256.digest(spki).prefix(Self.keyIdentifierByteCount))
        operations = handle.map { KeyOperationPool(key: $0, algorithm: algorithm, purpose: .verify) }
    }

    /// Whether `signature` is this key's signature of `message`; a wrong one is false, never an error.
    ///
    /// - Parameters:
    ///   - signature: 64 bytes, 96 for P-384; for PS256 the byte count of the modulus.
    ///   - message: the whole message.
    ///   - lowSOnly: for ES256, refuses the higher of s and n − s, which anybody can compute from a valid signature.
    /// - Returns: true only for a valid signature in its one encoding.
    package func isValid(_ signature: [UInt8], for message: [UInt8], lowSOnly: Bool = true) -> Bool {
        guard let shaped = libraryForm(signature, lowSOnly: lowSOnly) else { return false }
        guard let operations else { return Ed25519Signature.isValid(shaped, for: message, by: raw) }
        return operations.withOperation { $0.isValid(shaped, for: message) } ?? false
    }

    /// The key as a PEM block `PUBLIC KEY`.
    package func pem() -> [UInt8] {
        PEMDocument(label: "PUBLIC KEY", der: spki).encoded()
    }

    private func libraryForm(_ signature: [UInt8], lowSOnly: Bool) -> [UInt8]? {
        guard let encoding = KeyEncoding.of(algorithm) else { return signature }
        guard 2 * halfByteCount == RawSignature.byteCount else {
            return signature.count == 2 * halfByteCount ? RawSignature.der(signature) : nil
        }
        guard signature.count == RawSignature.byteCount else { return nil }
        guard let order = encoding.order else { return signature }
        guard encoding.isInRange(signature[..<32]), encoding.isInRange(signature[32...]) else { return nil }
        if algorithm == .es256 && lowSOnly && !RawSignature.isLowS(signature, order: order) { return nil }
        return RawSignature.der(signature)
    }

    private static var notOurs: SigningError {
        SigningError(
            code: .keyWrongAlgorithm,
            reason: "the public key is not an Ed25519, P-256, SM2 or RSA key (2,048 to 8,192 bits)",
            hint: "give a key of one of these types, as written by `openssl pkey -pubout`")
    }
}

extension VerificationKey: Equatable {
    package static func == (left: VerificationKey, right: VerificationKey) -> Bool {
        left.spki == right.spki
    }
}
