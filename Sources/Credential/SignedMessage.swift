import Encoding
package import Signing

/// A COSE_Sign1 (RFC 9052 §4.2), taken apart but not verified: codes, bundles, status lists and other issuers' codes.
///
/// The project's own messages have one strict form; other issuers' messages may use everything that COSE allows.
/// Signatures are always checked over the received bytes.
package struct SignedMessage: Sendable {
    package static let byteCountMax = 4096
    package static let keyIdentifierByteCount = 4
    package static let signatureByteCount = 64

    /// How deep another issuer's headers may nest.
    private static let foreignDepthMax = 16
    private static let ownDepthMax = 8
    private static let tag: UInt64 = 18
    /// A CWT may have this tag before tag 18 (RFC 8392 §6).
    private static let tokenTag: UInt64 = 61
    private static let emptyMap: UInt8 = 0xA0

    /// The content of the protected header's byte string.
    package let protectedHeader: ArraySlice<UInt8>
    /// The unprotected header, an encoded map; `A0` when empty.
    package let unprotectedHeader: ArraySlice<UInt8>
    package let payload: ArraySlice<UInt8>
    package let signature: ArraySlice<UInt8>

    /// Whether another issuer made it, in any form that COSE allows.
    private let isForeign: Bool
    private let headers: MessageHeaders
    private let bytes: ArraySlice<UInt8>

    /// Takes one of the project's own messages apart; nothing is verified.
    ///
    /// It has the form of `Credential.docc/WireFormat.md`: deterministic CBOR, tag 18, protected header
    /// `{1: alg, 4: kid}`, 64 bytes of signature.
    ///
    /// - Parameters:
    ///   - bytes: the whole message.
    ///   - type: the text that header parameter 16 (RFC 9596) must have; nil where the structure has none.
    ///   - byteCountMax: 4,096 for codes; trust lists and status lists have their own limits.
    /// - Throws: `malformed`.
    package init(
        _ bytes: ArraySlice<UInt8>, type: String? = nil, byteCountMax: Int = byteCountMax
    ) throws(CredentialError) {
        self = try CredentialError.reading("signed message") { () throws(CBORError) in
            try SignedMessage(own: bytes, type: type, byteCountMax: byteCountMax)
        }
    }

    /// Takes another issuer's message apart; nothing is verified.
    ///
    /// It may be any well-formed CBOR, with or without the tags 18 and 61; headers as ``MessageHeaders`` reads them.
    ///
    /// - Parameters:
    ///   - bytes: the whole message, and nothing after it.
    ///   - byteCountMax: the most bytes taken.
    /// - Throws: `malformed`.
    package init(foreign bytes: ArraySlice<UInt8>, byteCountMax: Int) throws(CredentialError) {
        self = try CredentialError.reading("COSE_Sign1") { () throws(CBORError) in
            try SignedMessage(reading: bytes, byteCountMax: byteCountMax)
        }
    }

    private init(own bytes: ArraySlice<UInt8>, type: String?, byteCountMax: Int) throws(CBORError) {
        var reader = try CBORReader(bytes, byteCountMax: byteCountMax, depthMax: Self.ownDepthMax)
        guard reader.nextMajorType == .tag, try reader.readTag() == Self.tag else { throw Self.wrongTag() }
        (protectedHeader, unprotectedHeader, payload, signature) = try Self.parts(&reader)
        guard signature.count == Self.signatureByteCount else {
            throw CBORError(code: .unexpectedType, reason: "a signature of \(signature.count) bytes instead of 64")
        }
        headers = try MessageHeaders(own: protectedHeader, type: type)
        isForeign = false
        self.bytes = bytes
    }

    private init(reading bytes: ArraySlice<UInt8>, byteCountMax: Int) throws(CBORError) {
        var reader = try CBORReader(
            bytes, rules: .lenient, byteCountMax: byteCountMax, depthMax: Self.foreignDepthMax)
        var tag = try Self.nextTag(&reader)
        if tag == Self.tokenTag { tag = try Self.nextTag(&reader) }
        guard tag == nil || tag == Self.tag else { throw Self.wrongTag() }
        (protectedHeader, unprotectedHeader, payload, signature) = try Self.parts(&reader)
        headers = try MessageHeaders(
            foreign: protectedHeader, unprotected: unprotectedHeader, byteCountMax: byteCountMax,
            depthMax: Self.foreignDepthMax)
        isForeign = true
        self.bytes = bytes
    }

    private static func nextTag(_ reader: inout CBORReader) throws(CBORError) -> UInt64? {
        reader.nextMajorType == .tag ? try reader.readTag() : nil
    }

    private static func wrongTag() -> CBORError { CBORError(code: .unexpectedType, reason: "the tag is not 18") }

    /// Reads protected header, unprotected header, payload and signature, and the message's end.
    private static func parts(
        _ reader: inout CBORReader
    ) throws(CBORError) -> (ArraySlice<UInt8>, ArraySlice<UInt8>, ArraySlice<UInt8>, ArraySlice<UInt8>) {
        let hasBreak = try reader.beginArray(count: 4)
        let (protected, unprotected) = (try reader.readByteString(), try reader.readEncodedItem())
        let (payload, signature) = (try reader.readByteString(), try reader.readByteString())
        try reader.endArray(hasBreak: hasBreak)
        try reader.finish()
        guard let first = unprotected.first, first >> 5 == CBORMajorType.map.rawValue else {
            throw CBORError(code: .unexpectedType, reason: "the unprotected header is not a map")
        }
        return (protected, unprotected, payload, signature)
    }

    /// The number of header parameter 1, whether it is supported here or not; nil where it is absent or a text.
    package var algorithmNumber: Int64? { headers.algorithmNumber }

    /// The algorithm that the header names; nil where it is not supported in a message of this form.
    package var algorithm: SignatureAlgorithm? {
        if isForeign { return headers.foreignAlgorithm }
        return algorithmNumber.flatMap(SignatureAlgorithm.init(rawValue:)).flatMap { $0.suite == nil ? nil : $0 }
    }

    /// Whether an algorithm is named only where no signature covers it; never so in the project's own messages.
    package var isAlgorithmUnprotected: Bool { headers.isAlgorithmUnprotected }

    /// The key identifier (header parameter 4); several keys may share one.
    ///
    /// The project's own messages have the first 4 bytes of SHA-256 over the key's SubjectPublicKeyInfo. Empty where
    /// another issuer's message names no key.
    package var keyIdentifier: [UInt8] { headers.keyIdentifier }

    /// Whether the unprotected header names another key than the protected one, whose word counts.
    package var hasContraryKeyIdentifiers: Bool { headers.hasContraryKeyIdentifiers }

    package var isUnprotectedHeaderEmpty: Bool { unprotectedHeader.elementsEqual([Self.emptyMap]) }

    /// Whether the header names an algorithm that `key` can have signed with.
    package func namesAlgorithm(of key: VerificationKey) -> Bool {
        guard algorithm == key.algorithm else { return false }
        return !(headers.isCurveP256Named && key.isOnP384)
    }

    /// Whether `key` signed this message with the algorithm that the header names.
    ///
    /// False as well where the header names another algorithm than the key's. Only the project's own ES256 signatures
    /// must have the lower s.
    package func isSigned(by key: VerificationKey) -> Bool {
        isSigned(by: key, externalData: [])
    }

    /// Whether `key` signed this message together with external data, which no structure of the project has.
    package func isSigned(by key: VerificationKey, externalData: [UInt8]) -> Bool {
        guard namesAlgorithm(of: key) else { return false }
        return signedHeaders.contains { header in
            let covered = SignatureStructure.signature1(
                protectedHeader: header, externalData: externalData[...], payload: payload)
            return key.isValid(Array(signature), for: covered, lowSOnly: !isForeign)
        }
    }

    /// The protected headers that may have been signed.
    ///
    /// A header without parameters is signed as an empty byte string (RFC 9052 §4.4); some issuers sign the encoded
    /// empty map that they send.
    private var signedHeaders: [ArraySlice<UInt8>] {
        headers.isProtectedEmpty && !protectedHeader.isEmpty ? [[], protectedHeader] : [protectedHeader]
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

    /// The whole message with an empty unprotected header.
    func bytesWithoutUnprotectedHeader() -> [UInt8] {
        bytes(unprotectedHeader: CollectionOfOne(Self.emptyMap))
    }

    private static func header(of key: SigningKey, type: String? = nil) -> [UInt8] {
        MessageHeaders.encoded(
            algorithm: key.algorithm, keyIdentifier: key.verificationKey.keyIdentifier, type: type)
    }

    /// The SHA-256 of the bytes that a signature of `key` over `payload` covers.
    static func signedDigest(of payload: [UInt8], by key: SigningKey) -> [UInt8] {
        DigestAlgorithm.sha256.digest(
            SignatureStructure.signature1(protectedHeader: header(of: key)[...], payload: payload[...]))
    }

    /// The SHA-256 of the bytes that the signature covers.
    var signedDigest: [UInt8] {
        DigestAlgorithm.sha256.digest(
            SignatureStructure.signature1(protectedHeader: protectedHeader, payload: payload))
    }

    /// Signs `payload` and returns the whole message.
    ///
    /// - Parameters:
    ///   - payload: the content of the payload's byte string.
    ///   - key: determines the algorithm and the key identifier in the header too.
    ///   - type: header parameter 16, for the structures that have one.
    /// - Returns: the tagged COSE_Sign1.
    /// - Throws: `signing_failed`.
    package static func sign(
        _ payload: [UInt8], by key: SigningKey, type: String? = nil
    ) throws(SigningError) -> [UInt8] {
        let header = header(of: key, type: type)
        let covered = SignatureStructure.signature1(protectedHeader: header[...], payload: payload[...])
        let signature = try key.sign(covered)
        var writer = CBORWriter(capacity: payload.count + 128)
        writer.tag(tag)
        writer.array(count: 4)
        writer.byteString(header)
        writer.map(count: 0)
        writer.byteString(payload)
        writer.byteString(signature)
        return writer.bytes
    }
}

/// The bytes that a COSE signature covers.
package enum SignatureStructure {
    /// `Sig_structure` of a COSE_Sign1 (RFC 9052 §4.4).
    ///
    /// - Parameters:
    ///   - protectedHeader: the content of the protected header's byte string, as received.
    ///   - externalData: empty unless the application adds some.
    ///   - payload: the content of the payload's byte string, as received.
    /// - Returns: the encoded array.
    package static func signature1(
        protectedHeader: ArraySlice<UInt8>, externalData: ArraySlice<UInt8> = [], payload: ArraySlice<UInt8>
    ) -> [UInt8] {
        var writer = CBORWriter(capacity: protectedHeader.count + externalData.count + payload.count + 32)
        writer.array(count: 4)
        writer.text("Signature1")
        writer.byteString(protectedHeader)
        writer.byteString(externalData)
        writer.byteString(payload)
        return writer.bytes
    }

    /// `Countersign_structure` of an abbreviated countersignature on a COSE_Sign1 (RFC 9338 §3.3).
    ///
    /// The context `CounterSignature0V2` means that another field follows: the issuer's signature. The abbreviated form
    /// has no protected header of the countersigner.
    static func countersignature0(
        of message: SignedMessage, externalData: ArraySlice<UInt8>
    ) -> [UInt8] {
        var writer = CBORWriter(
            capacity: message.protectedHeader.count + externalData.count + message.payload.count + 112)
        writer.array(count: 5)
        writer.text("CounterSignature0V2")
        writer.byteString(message.protectedHeader)
        writer.byteString(externalData)
        writer.byteString(message.payload)
        writer.array(count: 1)
        writer.byteString(message.signature)
        return writer.bytes
    }
}
