import Encoding
import Signing

/// A COSE_Sign1 (RFC 9052 §4.2) as other issuers make it, opened but not verified.
///
/// Tags 18 and 61 are optional, and any well-formed CBOR is taken; signatures are checked over received bytes.
struct ForeignEnvelope {
    /// The most characters of a text: what the largest QR symbol holds (version 40, level L, alphanumeric).
    static let textByteCountMax = 4296
    /// The most bytes a code may unpack to; real ones stay under 5 KiB.
    static let inflatedByteCountMax = 32 << 10
    /// The deepest nesting; a health certificate has 7 with its tags.
    static let depthMax = 16

    let algorithm: SignatureAlgorithm?
    let kid: [UInt8]?
    /// Whether both headers name a key, and not the same.
    let hasContraryIdentifiers: Bool
    let payload: [UInt8]
    let signature: [UInt8]
    private let protected: [UInt8]
    private let hasProtectedHeader: Bool

    /// Opens an envelope.
    ///
    /// - Returns: nil for anything that is not a COSE_Sign1 with its payload inside.
    init?(_ bytes: [UInt8]) {
        guard
            let item = try? CBORItem.decode(
                bytes[...], rules: .lenient, byteCountMax: Self.inflatedByteCountMax, depthMax: Self.depthMax),
            let parts = Self.untagged(item).array, parts.count == 4,
            let protected = parts[0].byteString, let unprotected = parts[1].map,
            let payload = parts[2].byteString, let signature = parts[3].byteString,
            let header = Self.header(protected)
        else { return nil }
        self.protected = protected
        hasProtectedHeader = !header.entries.isEmpty
        self.payload = payload
        self.signature = signature
        // The protected header comes first: what the signature covers outweighs what anybody may add.
        algorithm = (header[integer: 1] ?? unprotected[integer: 1])?.integer.flatMap(SignatureAlgorithm.init(rawValue:))
        let identifiers = [header, unprotected].compactMap { Self.identifier($0[integer: 4]) }
        kid = identifiers.first
        hasContraryIdentifiers = Set(identifiers).count > 1
    }

    /// What may have been signed: Sig_structure (RFC 9052 §4.4).
    ///
    /// A protected header without members stands there as no bytes; some issuers sign the empty map as it came.
    var signedMessages: [[UInt8]] {
        hasProtectedHeader || protected.isEmpty
            ? [signedMessage(protected)] : [signedMessage([]), signedMessage(protected)]
    }

    private func signedMessage(_ protected: [UInt8]) -> [UInt8] {
        var writer = CBORWriter(capacity: payload.count + protected.count + 24)
        writer.array(count: 4)
        writer.text("Signature1")
        writer.byteString(protected)
        writer.byteString([UInt8]())
        writer.byteString(payload)
        return writer.bytes
    }

    static func untagged(_ item: CBORItem) -> CBORItem {
        var item = item
        while case .tagged(let number, let content) = item, number == 18 || number == 61 { item = content }
        return item
    }

    private static func header(_ bytes: [UInt8]) -> CBORMap? {
        guard !bytes.isEmpty else { return CBORMap() }
        let item = try? CBORItem.decode(
            bytes[...], rules: .lenient, byteCountMax: inflatedByteCountMax, depthMax: depthMax)
        return item?.map
    }

    private static func identifier(_ item: CBORItem?) -> [UInt8]? {
        item?.byteString ?? item?.text.map { Array($0.utf8) }
    }
}
