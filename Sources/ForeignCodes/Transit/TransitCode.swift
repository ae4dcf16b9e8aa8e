/// The fields of a transit code; none of its signatures is checked yet.
struct TransitCode: Sendable, Equatable {
    let certificate: TransitCertificate
    let paymentAccount: [UInt8]
    let cardAccount: [UInt8]
    let issuer: [UInt8]
    let platform: [UInt8]
    let cardType: UInt8
    /// In hundredths of a yuan.
    let highestFare: UInt64
    let userKey: [UInt8]
    /// Unix seconds.
    let authorisedUntil: UInt64
    let lifeSeconds: UInt64
    let customData: [UInt8]
    /// The bytes that the issuer signed: from the payment account to the byte before the issuer's signature tag.
    let issuerSignedBytes: [UInt8]
    let issuerSignature: [UInt8]
    /// Unix seconds.
    let generatedAt: UInt64
    /// The bytes that the user signed: from the version to the generation time.
    let userSignedBytes: [UInt8]
    let userSignature: [UInt8]

    /// Reads the fields of a code; nil unless every length, tag and limit is right and no byte is left over.
    init?(_ bytes: [UInt8], layout: TransitLayout) {
        guard (TransitLayout.byteCountMin...TransitLayout.byteCountMax).contains(bytes.count) else { return nil }
        var reader = TransitReader(bytes)
        guard reader.take(1) == [TransitLayout.version],
            reader.number(2).flatMap({ Int(exactly: $0) }) == layout.lengthField(ofCode: bytes.count),
            let certificate = reader.take(TransitLayout.certificateByteCount).flatMap(TransitCertificate.init)
        else { return nil }
        let issuerStart = reader.position
        guard let paymentAccount = reader.take(16), let cardAccount = reader.take(10), let issuer = reader.take(4),
            let platform = reader.take(4), let cardType = reader.number(1), let highestFare = reader.number(3),
            let userKey = reader.take(TransitLayout.keyByteCount), let authorisedUntil = reader.number(4),
            let lifeSeconds = reader.number(2)
        else { return nil }
        var customData: [UInt8]?
        if layout.customDataPlace == .signedByIssuer { customData = reader.customData() }
        let issuerEnd = reader.position
        guard let issuerSignature = reader.signature() else { return nil }
        if layout.customDataPlace == .signedByUser { customData = reader.customData() }
        guard let customData, let generatedAt = reader.number(4) else { return nil }
        let userEnd = reader.position
        guard let userSignature = reader.signature(), reader.position == bytes.count else { return nil }
        self.certificate = certificate
        self.paymentAccount = paymentAccount
        self.cardAccount = cardAccount
        self.issuer = issuer
        self.platform = platform
        self.cardType = UInt8(truncatingIfNeeded: cardType)
        self.highestFare = highestFare
        self.userKey = userKey
        self.authorisedUntil = layout.epoch.start + authorisedUntil
        self.lifeSeconds = lifeSeconds
        self.customData = customData
        issuerSignedBytes = Array(bytes[issuerStart..<issuerEnd])
        self.issuerSignature = issuerSignature
        self.generatedAt = layout.epoch.start + generatedAt
        userSignedBytes = Array(bytes[..<userEnd])
        self.userSignature = userSignature
    }
}

/// Reads fields of fixed length, one after another.
private struct TransitReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard bytes.count - position >= count else { return nil }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    mutating func number(_ byteCount: Int) -> UInt64? {
        take(byteCount)?.reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func customData() -> [UInt8]? {
        guard let count = number(1), count <= UInt64(TransitLayout.customDataByteCountMax) else { return nil }
        return take(Int(count))
    }

    mutating func signature() -> [UInt8]? {
        guard take(1) == [TransitLayout.signatureTag] else { return nil }
        return take(TransitLayout.signatureByteCount)
    }
}
