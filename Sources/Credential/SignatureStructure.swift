import Encoding

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
    /// The context says that other fields follow: the issuer's signature. There is no protected header of the
    /// countersigner's own, as the abbreviated form has none.
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
