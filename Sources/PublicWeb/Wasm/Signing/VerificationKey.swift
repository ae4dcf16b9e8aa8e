/// A public key under which the browser checks signatures: Ed25519 or P-256; an SM2 key is taken, and never checked.
package final class VerificationKey: Sendable {
    package static let byteCountMax = 2048
    package static let keyIdentifierByteCount = 4

    package let algorithm: SignatureAlgorithm
    /// The SubjectPublicKeyInfo in DER; with a compressed point where the key was given as one.
    package let spki: [UInt8]
    /// Ed25519: 32 bytes; P-256 and SM2: the compressed point, 33 bytes.
    package let raw: [UInt8]
    /// The first 4 bytes of SHA-256 over ``spki``.
    package let keyIdentifier: [UInt8]

    /// Reads a SubjectPublicKeyInfo in DER whose point is uncompressed; whether the point is on its curve is for the
    /// browser, which refuses other points.
    ///
    /// - Throws: `key_wrong_algorithm`, `key_malformed`.
    package convenience init(spki: [UInt8]) throws(SigningError) {
        for algorithm in SignatureAlgorithm.allCases {
            if let raw = KeyEncoding.of(algorithm)?.rawKey(inSPKI: spki) {
                try self.init(raw: raw, algorithm: algorithm)
                return
            }
        }
        throw SigningError(
            code: .keyWrongAlgorithm, reason: "the public key is not an Ed25519, P-256 or SM2 key",
            hint: "check this code with `verify`")
    }

    /// Takes 32 bytes of Ed25519, or a point of 33 or 65 bytes; the browser completes a compressed point.
    ///
    /// - Throws: `key_malformed`, `key_wrong_algorithm`.
    package init(raw: [UInt8], algorithm: SignatureAlgorithm) throws(SigningError) {
        guard let encoding = KeyEncoding.of(algorithm) else {
            throw SigningError(
                code: .keyWrongAlgorithm, reason: "RSA keys are not checked in a browser",
                hint: "check this code with `verify`")
        }
        switch (algorithm, raw.count, raw.first) {
        case (.ed25519, 32, _):
            (self.raw, spki) = (raw, encoding.publicPrefix + raw)
        case (.es256, 65, 0x04), (.sm2, 65, 0x04):
            (self.raw, spki) = ([0x02 | raw[64] & 1] + raw[1...32], encoding.publicPrefix + raw)
        case (.es256, 33, 0x02), (.es256, 33, 0x03), (.sm2, 33, 0x02), (.sm2, 33, 0x03):
            (self.raw, spki) = (raw, (encoding.compressedPrefix ?? []) + raw)
        default:
            throw SigningError(
                code: .keyMalformed, reason: "\(raw.count) bytes that are not an \(algorithm.name) public key",
                hint: "publish the key with its whole point")
        }
        self.algorithm = algorithm
        keyIdentifier = Array(DigestAlgorithm.sha256.digest(spki).prefix(Self.keyIdentifierByteCount))
    }

    /// Keys on P-384 sign other issuers' codes, which pages do not show.
    package var isOnP384: Bool { false }

    /// Whether `signature` is this key's signature of `message`; false where the browser has not checked it yet.
    package func isValid(_ signature: [UInt8], for message: [UInt8], lowSOnly: Bool = true) -> Bool {
        guard let encoding = KeyEncoding.of(algorithm), signature.count == RawSignature.byteCount else { return false }
        if let order = encoding.order {
            guard encoding.isInRange(signature[..<32]), encoding.isInRange(signature[32...]) else { return false }
            if algorithm == .es256 && lowSOnly && !RawSignature.isLowS(signature, order: order) { return false }
        }
        let content = [algorithm.number, UInt8(spki.count)] + spki + signature + message
        return Outside.answer(.signature, content) == [1]
    }
}

extension VerificationKey: Equatable {
    package static func == (left: VerificationKey, right: VerificationKey) -> Bool {
        left.spki == right.spki
    }
}

extension SignatureAlgorithm {
    /// The algorithm's byte in a question.
    fileprivate var number: UInt8 {
        switch self {
        case .ed25519: 1
        case .es256: 2
        case .sm2: 3
        case .ps256: 4
        }
    }
}
