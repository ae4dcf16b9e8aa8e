/// The certificate of a card issuer inside a transit code; not trusted until its CA's signature is verified.
struct TransitCertificate: Sendable, Equatable {
    /// The number of bytes before the signature.
    static let signedByteCount = 53

    let caIndex: UInt8
    let issuer: [UInt8]
    /// Days since the layout's epoch; the last valid day.
    let expiryDay: UInt64
    let key: [UInt8]
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// Reads 117 bytes; nil if the length or a fixed byte is wrong.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == TransitLayout.certificateByteCount, bytes[0] == 0x24, bytes[6] == 0x12,
            bytes[16...18] == [0x04, 0x04, 0x00], bytes[19] == UInt8(TransitLayout.keyByteCount)
        else { return nil }
        caIndex = bytes[5]
        issuer = Array(bytes[7..<11])
        expiryDay = UInt64(bytes[11]) << 8 | UInt64(bytes[12])
        key = Array(bytes[20..<53])
        signedBytes = Array(bytes[..<Self.signedByteCount])
        signature = Array(bytes[Self.signedByteCount...])
    }
}
