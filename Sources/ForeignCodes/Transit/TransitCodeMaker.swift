package import Signing

/// Makes transit codes in our reading of the layout, for tests, demonstrations and training at gates.
package struct TransitCodeMaker: Sendable {
    /// The card data that an issuer signs.
    package struct Card: Sendable {
        package var paymentAccount = [UInt8](repeating: 0x11, count: 16)
        package var cardAccount = [UInt8](repeating: 0x22, count: 10)
        package var issuer: [UInt8] = [0, 0, 0, 1]
        package var platform: [UInt8] = [0, 0, 0, 2]
        package var cardType: UInt8 = 1
        /// In hundredths of a yuan, below 2^24.
        package var highestFare: UInt64 = 1500
        package var authorisedUntil: UInt64
        package var lifeSeconds: UInt64 = 30
        package var customData: [UInt8] = []

        package init(authorisedUntil: UInt64) {
            self.authorisedUntil = authorisedUntil
        }
    }

    package let layout: TransitLayout

    package init(layout: TransitLayout = .init()) {
        self.layout = layout
    }

    /// Makes a certificate of 117 bytes for `issuer`, signed by a CA.
    ///
    /// - Parameters:
    ///   - issuer: the card issuer's 4 bytes.
    ///   - key: the card issuer's SM2 key.
    ///   - expiresAt: Unix seconds; the certificate is valid to the end of that day.
    ///   - authority: the CA's SM2 key.
    ///   - caIndex: the index of the CA's key in a gate's bundle.
    /// - Returns: the certificate's bytes.
    /// - Throws: the error of signing.
    package func certificate(
        issuer: [UInt8], key: VerificationKey, expiresAt: UInt64, authority: SigningKey, caIndex: UInt8 = 1
    ) throws(SigningError) -> [UInt8] {
        let day = (expiresAt - layout.epoch.start) / TransitLayout.secondsPerDay
        let content =
            [0x24, 0, 0, 0, 1, caIndex, 0x12] + issuer + number(day, 2) + [0, 0, 1, 4, 4, 0]
            + [UInt8(TransitLayout.keyByteCount)] + key.raw
        return content + (try authority.sign(content))
    }

    /// Makes a whole code.
    ///
    /// - Parameters:
    ///   - card: the card data that the issuer signs.
    ///   - certificate: the issuer's certificate.
    ///   - issuer: the issuer's SM2 key.
    ///   - user: the phone's SM2 key.
    ///   - generatedAt: Unix seconds.
    /// - Returns: the code's bytes, 332 to 364.
    /// - Throws: the error of signing.
    package func code(
        _ card: Card, certificate: [UInt8], issuer: SigningKey, user: SigningKey, generatedAt: UInt64
    ) throws(SigningError) -> [UInt8] {
        let custom = [UInt8(card.customData.count)] + card.customData
        let isIssuers = layout.customDataPlace == .signedByIssuer
        let data =
            card.paymentAccount + card.cardAccount + card.issuer + card.platform + [card.cardType]
            + number(card.highestFare, 3) + user.verificationKey.raw
            + number(card.authorisedUntil - layout.epoch.start, 4) + number(card.lifeSeconds, 2)
            + (isIssuers ? custom : [])
        let byteCount = TransitLayout.byteCountMin + card.customData.count
        let signed =
            [TransitLayout.version] + number(UInt64(layout.lengthField(ofCode: byteCount)), 2) + certificate + data
            + [TransitLayout.signatureTag] + (try issuer.sign(data)) + (isIssuers ? [] : custom)
            + number(generatedAt - layout.epoch.start, 4)
        return signed + [TransitLayout.signatureTag] + (try user.sign(signed))
    }

    private func number(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64(byteCount - 1 - $0))) }
    }
}
