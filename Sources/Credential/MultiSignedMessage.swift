import Encoding
package import Signing

/// A COSE_Sign (RFC 9052 §4.1), taken apart but not verified: one payload with the signatures of several keys.
///
/// It has one strict form: deterministic CBOR, tag 98, protected header `{16: type}`, no unprotected parameters, and
/// signatures in ascending order of their encoding, each with the protected header `{1: alg, 4: kid}`. A message without
/// signatures is one that waits for them.
package struct MultiSignedMessage: Sendable, Equatable {
    /// One signature, with the key identifier and the algorithm of its header.
    package struct Signature: Sendable, Equatable {
        /// The content of the protected header's byte string.
        fileprivate let protectedHeader: [UInt8]
        fileprivate let bytes: [UInt8]
        package let algorithmNumber: Int64
        /// The first 4 bytes of SHA-256 over the key's SubjectPublicKeyInfo; several keys may share one.
        package let keyIdentifier: [UInt8]
    }

    private static let tag: UInt64 = 98
    private static let typeKey: Int64 = 16

    /// The text of header parameter 16 (RFC 9596).
    package let type: String
    package let payload: [UInt8]
    package private(set) var signatures: [Signature]

    /// A message that nobody has signed yet.
    package init(payload: [UInt8], type: String) {
        (self.payload, self.type, signatures) = (payload, type, [])
    }

    /// Takes a message apart; nothing is verified.
    ///
    /// - Parameters:
    ///   - bytes: the whole message, and nothing after it.
    ///   - type: the text that header parameter 16 must have.
    ///   - byteCountMax: the most bytes taken.
    ///   - signatureCountMax: the most signatures taken.
    /// - Throws: `malformed`.
    package init(
        _ bytes: ArraySlice<UInt8>, type: String, byteCountMax: Int, signatureCountMax: Int
    ) throws(CredentialError) {
        self = try CredentialError.reading("jointly signed message") { () throws(CBORError) in
            try MultiSignedMessage(
                reading: bytes, type: type, byteCountMax: byteCountMax, signatureCountMax: signatureCountMax)
        }
    }

    private init(
        reading bytes: ArraySlice<UInt8>, type: String, byteCountMax: Int, signatureCountMax: Int
    ) throws(CBORError) {
        var reader = try CBORReader(bytes, byteCountMax: byteCountMax)
        guard try reader.readTag() == Self.tag, try reader.readArrayHeader() == 4 else {
            throw Self.refused("the message is not a COSE_Sign with tag 98")
        }
        guard try reader.readByteString().elementsEqual(Self.header(type)) else {
            throw Self.refused("the protected header is not {16: \(type)}")
        }
        guard try reader.readMapHeader() == 0 else { throw Self.refused("the unprotected header is not empty") }
        payload = Array(try reader.readByteString())
        let count = try reader.readArrayHeader()
        guard count <= signatureCountMax else {
            throw Self.refused("\(count) signatures, at most \(signatureCountMax) are allowed")
        }
        self.type = type
        signatures = []
        for _ in 0..<count { signatures.append(try Self.signature(&reader)) }
        try reader.finish()
        guard zip(signatures, signatures.dropFirst()).allSatisfy({ $0.precedes($1) }) else {
            throw Self.refused("the signatures are not in ascending order")
        }
    }

    private static func signature(_ reader: inout CBORReader) throws(CBORError) -> Signature {
        guard try reader.readArrayHeader() == 3 else { throw refused("a signature is not an array of 3 items") }
        let header = try reader.readByteString()
        let headers = try MessageHeaders(own: header, type: nil)
        guard let algorithm = headers.algorithmNumber, try reader.readMapHeader() == 0 else {
            throw refused("a signature's unprotected header is not empty")
        }
        let bytes = Array(try reader.readByteString())
        guard bytes.count == SignedMessage.signatureByteCount else {
            throw refused("a signature of \(bytes.count) bytes instead of \(SignedMessage.signatureByteCount)")
        }
        return Signature(
            protectedHeader: Array(header), bytes: bytes, algorithmNumber: algorithm,
            keyIdentifier: headers.keyIdentifier)
    }

    /// The whole message, tagged.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: payload.count + signatures.count * 96 + 128)
        writer.tag(Self.tag)
        writer.array(count: 4)
        writer.byteString(Self.header(type))
        writer.map(count: 0)
        writer.byteString(payload)
        writer.array(count: signatures.count)
        for signature in signatures { writer.encoded(signature.encoded()) }
        return writer.bytes
    }

    /// The message with one more signature; a signature that it has already is not repeated.
    ///
    /// - Parameter key: determines the algorithm and the key identifier in the signature's header too.
    /// - Returns: the message with the signature in its place.
    /// - Throws: `signing_failed`.
    package func signed(by key: SigningKey) throws(SigningError) -> MultiSignedMessage {
        let header = MessageHeaders.encoded(
            algorithm: key.algorithm, keyIdentifier: key.verificationKey.keyIdentifier, type: nil)
        let signature = Signature(
            protectedHeader: header, bytes: try key.sign(covered(header)), algorithmNumber: key.algorithm.rawValue,
            keyIdentifier: key.verificationKey.keyIdentifier)
        return with([signature])
    }

    /// The message with other signatures beside its own, each once.
    package func with(_ others: [Signature]) -> MultiSignedMessage {
        var joined = self
        for signature in others where !joined.signatures.contains(signature) { joined.signatures.append(signature) }
        joined.signatures.sort { $0.precedes($1) }
        return joined
    }

    /// Whether `key` made one of the message's signatures, with the algorithm that its header names.
    package func isMade(_ signature: Signature, by key: VerificationKey) -> Bool {
        guard signature.algorithmNumber == key.algorithm.rawValue, signature.keyIdentifier == key.keyIdentifier,
            key.algorithm.suite != nil
        else { return false }
        return key.isValid(signature.bytes, for: covered(signature.protectedHeader))
    }

    /// `Sig_structure` of one signature of a COSE_Sign (RFC 9052 §4.4).
    private func covered(_ signerHeader: [UInt8]) -> [UInt8] {
        var writer = CBORWriter(capacity: payload.count + signerHeader.count + 128)
        writer.array(count: 5)
        writer.text("Signature")
        writer.byteString(Self.header(type))
        writer.byteString(signerHeader)
        writer.byteString([])
        writer.byteString(payload)
        return writer.bytes
    }

    private static func header(_ type: String) -> [UInt8] {
        var writer = CBORWriter(capacity: type.utf8.count + 8)
        writer.map(count: 1)
        writer.integer(typeKey)
        writer.text(type)
        return writer.bytes
    }

    private static func refused(_ reason: @autoclosure () -> String) -> CBORError {
        CBORError(code: .unexpectedType, reason: reason())
    }
}

extension MultiSignedMessage.Signature {
    fileprivate func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: 96)
        writer.array(count: 3)
        writer.byteString(protectedHeader)
        writer.map(count: 0)
        writer.byteString(bytes)
        return writer.bytes
    }

    /// Whether this signature stands before another one in a message.
    fileprivate func precedes(_ other: MultiSignedMessage.Signature) -> Bool {
        encoded().lexicographicallyPrecedes(other.encoded())
    }
}
