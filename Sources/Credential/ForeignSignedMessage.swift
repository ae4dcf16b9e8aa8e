package import Encoding
package import Signing

/// A COSE_Sign1 as other issuers write it (RFC 9052 §4.2): any headers, any order, any valid encoding.
package struct ForeignSignedMessage: Sendable {
    package static let byteCountMax = 64 << 10
    private static let depthMax = 16
    private static let signedTag: UInt64 = 18
    /// A CWT may say that it is one (RFC 8392 §6).
    private static let tokenTag: UInt64 = 61
    private static let algorithmKey: Int64 = 1
    private static let criticalKey: Int64 = 2
    private static let keyIdentifierKey: Int64 = 4

    package let protectedHeader: CBORMap
    package let unprotectedHeader: CBORMap
    package let payload: [UInt8]
    package let signature: [UInt8]

    private let protectedBytes: [UInt8]

    /// Takes a message apart; nothing is verified.
    ///
    /// - Parameters:
    ///   - bytes: the whole message.
    ///   - isTagRequired: whether a message without tag 18 is refused.
    ///   - byteCountMax: the most bytes taken.
    /// - Throws: `malformed`.
    package init(
        _ bytes: ArraySlice<UInt8>, isTagRequired: Bool = false, byteCountMax: Int = byteCountMax
    ) throws(CredentialError) {
        var item = try Self.decode(bytes, byteCountMax: byteCountMax)
        if case .tagged(Self.tokenTag, let inner) = item { item = inner }
        switch item {
        case .tagged(Self.signedTag, let inner): item = inner
        case .tagged(let tag, _): throw .malformed("tag \(tag), where 18 belongs")
        default: if isTagRequired { throw .malformed("no tag 18") }
        }
        guard let fields = item.array, fields.count == 4, let protectedBytes = fields[0].byteString,
            let unprotectedHeader = fields[1].map, let payload = fields[2].byteString,
            let signature = fields[3].byteString
        else { throw .malformed("not a COSE_Sign1 with its payload inside") }
        var protectedHeader = CBORMap()
        // An empty byte string stands for an empty map (RFC 9052 §3).
        if !protectedBytes.isEmpty {
            guard let map = try Self.decode(protectedBytes[...], byteCountMax: byteCountMax).map else {
                throw .malformed("the protected header is not a map")
            }
            protectedHeader = map
        }
        guard !protectedHeader.entries.contains(where: { unprotectedHeader[$0.key] != nil }) else {
            throw .malformed("a header parameter in both headers")
        }
        guard protectedHeader[integer: Self.criticalKey] == nil else {
            throw .malformed("header parameters that must be understood, and are not")
        }
        self.protectedHeader = protectedHeader
        self.unprotectedHeader = unprotectedHeader
        self.payload = payload
        self.signature = signature
        // A signature covers an empty map as an empty byte string, however it was sent (RFC 9052 §4.4).
        self.protectedBytes = protectedHeader.entries.isEmpty ? [] : protectedBytes
    }

    /// The algorithm's number, from whichever header has it; nil where none is named or it is a text.
    package var algorithmNumber: Int64? { parameter(Self.algorithmKey)?.integer }

    /// The key identifier, from whichever header has it.
    package var keyIdentifier: [UInt8]? { parameter(Self.keyIdentifierKey)?.byteString }

    /// Whether `key` signed this with the algorithm the message names; others' ES256 may have either s.
    package func isSigned(by key: VerificationKey, externalData: [UInt8] = []) -> Bool {
        guard algorithmNumber == key.algorithm.rawValue else { return false }
        let message = SignatureStructure.signature1(
            protectedHeader: protectedBytes[...], externalData: externalData[...], payload: payload[...])
        return key.isValid(signature, for: message, lowSOnly: false)
    }

    private func parameter(_ key: Int64) -> CBORItem? {
        protectedHeader[integer: key] ?? unprotectedHeader[integer: key]
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, byteCountMax: Int) throws(CredentialError) -> CBORItem {
        try CredentialError.reading("signed message") { () throws(CBORError) in
            try CBORItem.decode(bytes, rules: .lenient, byteCountMax: byteCountMax, depthMax: depthMax)
        }
    }
}
