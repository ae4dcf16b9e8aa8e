import Encoding
package import Signing

/// A COSE_Sign1 (RFC 9052 §4.2), taken apart but not verified: codes, bundles, status lists and other issuers' codes.
///
/// The project's own messages have one strict form; other issuers' messages may use everything that COSE allows.
/// Signatures are always checked over the received bytes.
package struct SignedMessage: Sendable {
    /// The form that a message must have.
    package enum Profile: Sendable, Equatable {
        /// The form of `Credential.docc/WireFormat.md`: deterministic CBOR, tag 18, protected header `{1: alg, 4: kid}`, 64 bytes of
        /// signature. `type` is the text that header parameter 16 (RFC 9596) must have; nil where there is none.
        case own(type: String?)
        /// Any well-formed CBOR, with or without the tags 18 and 61; headers as ``MessageHeaders`` reads them.
        case foreign
    }

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

    private let profile: Profile
    private let headers: MessageHeaders
    private let bytes: ArraySlice<UInt8>

    /// Takes one of the project's own messages apart; nothing is verified.
    ///
    /// - Parameters:
    ///   - bytes: the whole message.
    ///   - type: the text that header parameter 16 must have; nil where the structure has none.
    ///   - byteCountMax: 4,096 for codes; trust lists and status lists have their own limits.
    /// - Throws: `malformed`.
    package init(
        _ bytes: ArraySlice<UInt8>, type: String? = nil, byteCountMax: Int = byteCountMax
    ) throws(CredentialError) {
        try self.init(bytes, profile: .own(type: type), byteCountMax: byteCountMax)
    }

    /// Takes a message apart; nothing is verified.
    ///
    /// - Parameters:
    ///   - bytes: the whole message, and nothing after it.
    ///   - profile: the form that it must have.
    ///   - byteCountMax: the most bytes taken.
    /// - Throws: `malformed`.
    package init(_ bytes: ArraySlice<UInt8>, profile: Profile, byteCountMax: Int) throws(CredentialError) {
        let name = profile == .foreign ? "COSE_Sign1" : "signed message"
        self = try CredentialError.reading(name) { () throws(CBORError) in
            try SignedMessage(reading: bytes, profile: profile, byteCountMax: byteCountMax)
        }
    }

    private init(reading bytes: ArraySlice<UInt8>, profile: Profile, byteCountMax: Int) throws(CBORError) {
        let rules: CBORRules = profile == .foreign ? .lenient : .deterministic
        let depthMax = profile == .foreign ? Self.foreignDepthMax : Self.ownDepthMax
        var reader = try CBORReader(bytes, rules: rules, byteCountMax: byteCountMax, depthMax: depthMax)
        try Self.readTags(&reader, profile: profile)
        let hasBreak = try reader.beginArray(count: 4)
        protectedHeader = try reader.readByteString()
        unprotectedHeader = try reader.readEncodedItem()
        payload = try reader.readByteString()
        signature = try reader.readByteString()
        try reader.endArray(hasBreak: hasBreak)
        try reader.finish()
        guard let first = unprotectedHeader.first, first >> 5 == CBORMajorType.map.rawValue else {
            throw CBORError(code: .unexpectedType, reason: "the unprotected header is not a map")
        }
        switch profile {
        case .own(let type):
            guard signature.count == Self.signatureByteCount else {
                throw CBORError(
                    code: .unexpectedType, reason: "a signature of \(signature.count) bytes instead of 64")
            }
            headers = try MessageHeaders(own: protectedHeader, type: type)
        case .foreign:
            headers = try MessageHeaders(
                foreign: protectedHeader, unprotected: unprotectedHeader, byteCountMax: byteCountMax,
                depthMax: depthMax)
        }
        self.profile = profile
        self.bytes = bytes
    }

    private static func readTags(_ reader: inout CBORReader, profile: Profile) throws(CBORError) {
        var found: UInt64? = reader.nextMajorType == .tag ? try reader.readTag() : nil
        if profile == .foreign {
            if found == tokenTag { found = reader.nextMajorType == .tag ? try reader.readTag() : nil }
            if found == nil { return }
        }
        guard found == tag else { throw CBORError(code: .unexpectedType, reason: "the tag is not 18") }
    }

    /// The number of header parameter 1, whether it is supported here or not; nil where it is absent or a text.
    package var algorithmNumber: Int64? { headers.algorithmNumber }

    /// The algorithm that the header names; nil where it is not supported in this profile.
    package var algorithm: SignatureAlgorithm? {
        switch profile {
        case .own: algorithmNumber.flatMap(SignatureAlgorithm.init(rawValue:)).flatMap { $0.suite == nil ? nil : $0 }
        case .foreign: headers.foreignAlgorithm
        }
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
            return key.isValid(Array(signature), for: covered, lowSOnly: profile != .foreign)
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
        let header = MessageHeaders.encoded(
            algorithm: key.algorithm, keyIdentifier: key.verificationKey.keyIdentifier, type: type)
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
