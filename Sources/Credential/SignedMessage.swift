import Encoding
package import Signing

/// A COSE_Sign1 in this project's strict profile: tag 18, protected header `{1: alg, 4: kid}`, 64 bytes of signature.
package struct SignedMessage: Sendable {
    package static let byteCountMax = 4096
    package static let keyIdentifierByteCount = 4
    package static let signatureByteCount = 64

    private static let tag: UInt64 = 18
    private static let emptyMap: UInt8 = 0xA0
    private static let algorithmKey: Int64 = 1
    private static let keyIdentifierKey: Int64 = 4
    private static let typeKey: Int64 = 16

    /// The number of header parameter 1, whether known here or not.
    package let algorithmNumber: Int64
    /// The first 4 bytes of SHA-256 over the key's SubjectPublicKeyInfo; several keys may share one.
    package let keyIdentifier: [UInt8]
    /// Header parameter 16 (RFC 9596), where the structure has one.
    package let type: String?
    /// The content of the protected header's byte string.
    package let protectedHeader: ArraySlice<UInt8>
    /// The unprotected header, an encoded map; `A0` when empty.
    package let unprotectedHeader: ArraySlice<UInt8>
    package let payload: ArraySlice<UInt8>
    package let signature: ArraySlice<UInt8>

    private let bytes: ArraySlice<UInt8>

    /// Takes a message apart; nothing is verified.
    ///
    /// - Parameters:
    ///   - bytes: the whole message.
    ///   - type: what header parameter 16 must be; nil where the structure has none.
    ///   - byteCountMax: 4,096 for codes; trust lists and status lists name their own.
    /// - Throws: `malformed`.
    package init(
        _ bytes: ArraySlice<UInt8>, type: String? = nil, byteCountMax: Int = byteCountMax
    ) throws(CredentialError) {
        self = try CredentialError.reading("signed message") { () throws(CBORError) in
            try SignedMessage(strict: bytes, type: type, byteCountMax: byteCountMax)
        }
    }

    private init(strict bytes: ArraySlice<UInt8>, type: String?, byteCountMax: Int) throws(CBORError) {
        var reader = try CBORReader(bytes, byteCountMax: byteCountMax)
        guard try reader.readTag() == Self.tag else { throw Self.refused("the tag is not 18") }
        guard try reader.readArrayHeader() == 4 else { throw Self.refused("a COSE_Sign1 has 4 items") }
        protectedHeader = try reader.readByteString()
        unprotectedHeader = try reader.readEncodedItem()
        payload = try reader.readByteString()
        signature = try reader.readByteString()
        try reader.finish()
        guard let first = unprotectedHeader.first, first >> 5 == CBORMajorType.map.rawValue else {
            throw Self.refused("the unprotected header is not a map")
        }
        guard signature.count == Self.signatureByteCount else {
            throw Self.refused("a signature of \(signature.count) bytes, not 64")
        }
        var header = try CBORReader(protectedHeader)
        guard try header.readMapHeader() == (type == nil ? 2 : 3),
            try header.readIntegerKey(after: nil) == Self.algorithmKey
        else { throw Self.refused("the protected header is not {1: alg, 4: kid}") }
        algorithmNumber = try header.readInteger()
        guard try header.readIntegerKey(after: Self.algorithmKey) == Self.keyIdentifierKey else {
            throw Self.refused("the protected header is not {1: alg, 4: kid}")
        }
        keyIdentifier = Array(try header.readByteString())
        guard keyIdentifier.count == Self.keyIdentifierByteCount else {
            throw Self.refused("a key identifier of \(keyIdentifier.count) bytes, not 4")
        }
        if let type {
            guard try header.readIntegerKey(after: Self.keyIdentifierKey) == Self.typeKey,
                try header.readText() == type
            else { throw Self.refused("the type is not \(type)") }
        }
        try header.finish()
        self.type = type
        self.bytes = bytes
    }

    /// The algorithm the header names, where it is one this project signs with.
    package var algorithm: SignatureAlgorithm? {
        SignatureAlgorithm(rawValue: algorithmNumber).flatMap { $0.suite == nil ? nil : $0 }
    }

    package var isUnprotectedHeaderEmpty: Bool { unprotectedHeader.elementsEqual([Self.emptyMap]) }

    /// Whether `key` signed this; a header that names another algorithm than the key's is not signed by it.
    package func isSigned(by key: VerificationKey) -> Bool {
        guard algorithmNumber == key.algorithm.rawValue else { return false }
        let message = SignatureStructure.signature1(protectedHeader: protectedHeader, payload: payload)
        return key.isValid(Array(signature), for: message)
    }

    /// The whole message with another unprotected header, every other byte as received.
    func bytes(unprotectedHeader replacement: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + replacement.count)
        result.append(contentsOf: bytes[..<unprotectedHeader.startIndex])
        result.append(contentsOf: replacement)
        result.append(contentsOf: bytes[unprotectedHeader.endIndex...])
        return result
    }

    /// The whole message with nothing in its unprotected header.
    func bytesWithoutUnprotectedHeader() -> [UInt8] {
        bytes(unprotectedHeader: CollectionOfOne(Self.emptyMap))
    }

    /// Signs `payload` and returns the whole message.
    ///
    /// - Parameters:
    ///   - payload: the content of the payload's byte string.
    ///   - key: gives the algorithm and the key identifier too.
    ///   - type: header parameter 16, for the structures that have one.
    /// - Returns: the tagged COSE_Sign1.
    /// - Throws: whatever the key's signing throws.
    package static func sign(
        _ payload: [UInt8], by key: SigningKey, type: String? = nil
    ) throws(SigningError) -> [UInt8] {
        var header = CBORWriter(capacity: 48)
        header.map(count: type == nil ? 2 : 3)
        header.integer(algorithmKey)
        header.integer(key.algorithm.rawValue)
        header.integer(keyIdentifierKey)
        header.byteString(key.verificationKey.keyIdentifier)
        if let type {
            header.integer(typeKey)
            header.text(type)
        }
        let message = SignatureStructure.signature1(protectedHeader: header.bytes[...], payload: payload[...])
        let signature = try key.sign(message)
        var writer = CBORWriter(capacity: payload.count + 128)
        writer.tag(tag)
        writer.array(count: 4)
        writer.byteString(header.bytes)
        writer.map(count: 0)
        writer.byteString(payload)
        writer.byteString(signature)
        return writer.bytes
    }

    private static func refused(_ reason: String) -> CBORError {
        CBORError(code: .unexpectedType, reason: reason)
    }
}
