/// The fixed encodings of keys of the three elliptic-curve algorithms.
///
/// Their SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, RFC 8410, RFC 5480) and PKCS#8 forms are a constant prefix and the
/// key, so reading one is a comparison and every key has exactly one encoding.
struct KeyEncoding {
    let algorithm: SignatureAlgorithm
    /// The prefix of the key in a SubjectPublicKeyInfo; of an uncompressed point of 65 bytes for curves with points.
    let publicPrefix: [UInt8]
    /// The prefix of a compressed point of 33 bytes; nil for Ed25519.
    let compressedPrefix: [UInt8]?
    /// The prefix of the 32 bytes of seed or scalar in a PKCS#8 key without its public part.
    let privatePrefix: [UInt8]
    /// The order n of the group, big-endian: scalars, r and s lie between 1 and n − 1; nil for Ed25519.
    let order: [UInt8]?
    /// The key type and the group by libcrypto's names.
    let typeName: String
    let groupName: String

    /// The encoding of `algorithm`; nil for PS256, whose keys vary in length.
    static func of(_ algorithm: SignatureAlgorithm) -> KeyEncoding? {
        switch algorithm {
        case .ed25519: ed25519
        case .es256: es256
        case .sm2: sm2
        case .ps256: nil
        }
    }

    private static let ed25519 = KeyEncoding(
        algorithm: .ed25519,
        publicPrefix: [0x30, 0x2a] + ed25519Identifier + [0x03, 0x21, 0x00],
        compressedPrefix: nil,
        privatePrefix: [0x30, 0x2e, 0x02, 0x01, 0x00] + ed25519Identifier + [0x04, 0x22, 0x04, 0x20],
        order: nil,
        typeName: "ED25519",
        groupName: "")

    private static let es256 = curve(
        .es256, identifier: [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        order: [
            0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
        ], typeName: "EC", groupName: "P-256")

    private static let sm2 = curve(
        .sm2, identifier: [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d],
        order: [
            0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
        ], typeName: "SM2", groupName: "SM2")

    /// The AlgorithmIdentifier of Ed25519 (RFC 8410 §3).
    private static let ed25519Identifier: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70]

    /// A key on a named curve; `identifier` is the curve's OID in DER.
    private static func curve(
        _ algorithm: SignatureAlgorithm, identifier: [UInt8], order: [UInt8], typeName: String, groupName: String
    ) -> KeyEncoding {
        let publicKeyOID: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
        let identifier = [0x30, 0x13] + publicKeyOID + identifier
        return KeyEncoding(
            algorithm: algorithm,
            publicPrefix: [0x30, 0x59] + identifier + [0x03, 0x42, 0x00],
            compressedPrefix: [0x30, 0x39] + identifier + [0x03, 0x22, 0x00],
            privatePrefix: [0x30, 0x41, 0x02, 0x01, 0x00] + identifier
                + [0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20],
            order: order,
            typeName: typeName,
            groupName: groupName)
    }
}

extension KeyEncoding {
    /// The byte count of a seed, a scalar, r, s or a coordinate.
    static let scalarByteCount = 32

    /// The raw key inside a SubjectPublicKeyInfo of this algorithm; nil for anything else.
    func rawKey(inSPKI spki: [UInt8]) -> [UInt8]? {
        let rawByteCount = order == nil ? 32 : 65
        if spki.count == publicPrefix.count + rawByteCount, spki.starts(with: publicPrefix) {
            return Array(spki[publicPrefix.count...])
        }
        if let compressedPrefix, spki.count == compressedPrefix.count + 33, spki.starts(with: compressedPrefix) {
            return Array(spki[compressedPrefix.count...])
        }
        return nil
    }

    /// Whether 32 big-endian bytes are at least 1 and below the group's order.
    func isInRange(_ scalar: ArraySlice<UInt8>) -> Bool {
        guard let order else { return true }
        return scalar.contains { $0 != 0 } && scalar.lexicographicallyPrecedes(order)
    }
}
