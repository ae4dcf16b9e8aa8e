import Encoding

/// The phone's addition to its credential at a showing, in the unprotected header.
package enum Presentation: Sendable, Equatable {
    /// A countersignature by the device key over credential, time and challenge.
    case signed(signature: [UInt8], context: PresentationContext)
    /// The hash chain's value for a slot.
    case chain(slot: UInt64, link: [UInt8])

    /// The abbreviated countersignature, version 2 (RFC 9338 §3.2).
    private static let countersignatureKey: Int64 = 12
    /// CWT claims in a header (RFC 9597 §2).
    private static let claimsKey: Int64 = 15
    /// The link of a hash chain; private use.
    private static let chainKey: Int64 = -65538

    /// Reads an unprotected header that is not empty.
    ///
    /// Throws `bad_presentation` unless it is exactly one of the two forms.
    init(header: ArraySlice<UInt8>) throws(CredentialError) {
        do {
            self = try Self.read(header)
        } catch {
            throw .presentation("the unprotected header: \(error.reason)")
        }
    }

    private static func read(_ header: ArraySlice<UInt8>) throws(CBORError) -> Presentation {
        var reader = try CBORReader(header)
        let count = try reader.readMapHeader()
        let key = try reader.readIntegerKey(after: nil)
        let presentation: Presentation
        switch (key, count) {
        case (countersignatureKey, 2):
            let signature = Array(try reader.readByteString())
            guard signature.count == SignedMessage.signatureByteCount,
                try reader.readIntegerKey(after: key) == claimsKey
            else { throw refused("a countersignature has 64 bytes and is followed by parameter 15") }
            presentation = .signed(signature: signature, context: try PresentationContext(from: &reader))
        case (chainKey, 1):
            guard try reader.readArrayHeader() == 2 else { throw refused("a link has two items: slot and value") }
            let slot = try reader.readUnsigned()
            let link = Array(try reader.readByteString())
            guard slot < UInt64(HashChain.slotCountMax), link.count == HashChain.linkByteCount else {
                throw refused("a link has 16 bytes and a slot below \(HashChain.slotCountMax)")
            }
            presentation = .chain(slot: slot, link: link)
        default: throw refused("it has neither a countersignature nor a link")
        }
        try reader.finish()
        return presentation
    }

    /// The unprotected header that contains this presentation.
    func header() -> [UInt8] {
        var writer = CBORWriter(capacity: 112)
        switch self {
        case .signed(let signature, let context):
            writer.map(count: 2)
            writer.integer(Self.countersignatureKey)
            writer.byteString(signature)
            writer.integer(Self.claimsKey)
            writer.encoded(context.encoded())
        case .chain(let slot, let link):
            writer.map(count: 1)
            writer.integer(Self.chainKey)
            writer.array(count: 2)
            writer.unsigned(slot)
            writer.byteString(link)
        }
        return writer.bytes
    }

    private static func refused(_ reason: @autoclosure () -> String) -> CBORError {
        CBORError(code: .unexpectedType, reason: reason())
    }
}

extension CredentialError {
    static func presentation(_ reason: @autoclosure () -> String) -> CredentialError {
        CredentialError(code: .badPresentation, reason: reason(), hint: "ask the holder to show the code again")
    }
}
