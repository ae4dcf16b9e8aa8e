import Encoding
import Signing

extension ForeignTrust {
    /// Reads a JWK set, one JWK, or an array of them (RFC 7517).
    ///
    /// Skips keys of unsupported types, and keys that are not for verifying signatures of the algorithm taken here.
    static func keys(json bytes: ArraySlice<UInt8>) throws(ForeignTrustError) -> [ForeignKey?] {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes, byteCountMax: byteCountMax)
        } catch {
            throw .unreadable(error.reason)
        }
        let entries = value["keys"]?.array ?? value.array ?? [value]
        guard entries.count <= keyCountMax else { throw .unreadable("it holds more than \(keyCountMax) keys") }
        var keys: [ForeignKey?] = []
        for entry in entries {
            keys.append(try key(jwk: entry))
        }
        return keys
    }

    private static func key(jwk: JSONValue) throws(ForeignTrustError) -> ForeignKey? {
        guard let key = try anyKey(jwk), JSONWebKey.maySign(jwk, with: key.key.algorithm) else { return nil }
        return key
    }

    private static func anyKey(_ jwk: JSONValue) throws(ForeignTrustError) -> ForeignKey? {
        if let chain = jwk["x5c"]?.array, let first = chain.first?.string, let der = try? Base64.decode(first),
            let certificate = try? Certificate(der: der)
        {
            return certificate.maySign ? ForeignKey(certificate: certificate, identifiers: identifiers(jwk)) : nil
        }
        let key: VerificationKey?
        switch (jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("OKP", "Ed25519"), ("EC", "P-256"): key = JSONWebKey.key(jwk)
        case ("EC", "P-384"):
            key = field("x", of: jwk).flatMap { x in
                field("y", of: jwk).flatMap { y in
                    x.count == 48 && y.count == 48
                        ? try? VerificationKey(foreignSPKI: Self.p384Prefix + x + y) : nil
                }
            }
        case ("RSA", _):
            key = field("n", of: jwk).flatMap { modulus in
                field("e", of: jwk).flatMap { try? VerificationKey(spki: RSAPublicKeyInfo.der(modulus, $0)) }
            }
        default: return nil
        }
        guard let key else { throw .unreadable("a JWK is not a public key of its type") }
        return ForeignKey(key: key, identifiers: identifiers(jwk))
    }

    /// The bytes before a point's coordinates in a SubjectPublicKeyInfo of P-384 (RFC 5480).
    private static let p384Prefix: [UInt8] = [
        0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04,
        0x00,
        0x22, 0x03, 0x62, 0x00, 0x04,
    ]

    private static func field(_ name: String, of jwk: JSONValue) -> [UInt8]? {
        jwk[name]?.string.flatMap { try? Base64.decodeURL($0) }
    }

    /// The possible COSE key identifiers of a JWK's `kid`: the text's own bytes, and the text decoded as Base64 or hex.
    private static func identifiers(_ jwk: JSONValue) -> [[UInt8]] {
        guard let text = jwk["kid"]?.string, !text.isEmpty else { return [] }
        let readings = [
            Array(text.utf8), try? Base64.decodeURL(text), try? Base64.decode(text), try? Hex.decode(text),
        ]
        return readings.compactMap { $0 }
    }
}

extension ForeignKey {
    init(certificate: Certificate, identifiers: [[UInt8]]) {
        key = certificate.key
        self.certificate = certificate
        self.identifiers = identifiers + [certificate.identifier8]
    }
}

/// An RSA key's SubjectPublicKeyInfo (RFC 8017 A.1) from its two numbers.
enum RSAPublicKeyInfo {
    /// The most bytes of a modulus: 8,192 bits.
    private static let modulusByteCountMax = 1024

    /// Encodes the key; the result is empty, and so not a key, if a number is too large.
    static func der(_ modulus: [UInt8], _ exponent: [UInt8]) -> [UInt8] {
        guard modulus.count <= modulusByteCountMax, exponent.count <= 8 else { return [] }
        let numbers = element(0x30, integer(modulus) + integer(exponent))
        let rsaEncryption: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00]
        return element(0x30, element(0x30, rsaEncryption) + element(0x03, [0] + numbers))
    }

    private static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        let digits = Array(magnitude.drop { $0 == 0 })
        let isHigh = (digits.first ?? 0x80) >= 0x80
        return element(0x02, (isHigh ? [0] : []) + digits)
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        if count < 0x80 { return [tag, UInt8(count)] + content }
        if count < 0x100 { return [tag, 0x81, UInt8(count)] + content }
        return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] + content
    }
}
