import Encoding
import Signing

extension Registry {
    /// The byte count of an offer's secret.
    package static let offerSecretByteCount = 32
    /// The time for which an offer can be used, in seconds.
    package static let offerSeconds: UInt64 = 600
    /// The time for which an offer that is over is still known, so that its holder is told so.
    package static let endedOfferSeconds: UInt64 = 48 * 3600
    /// The number of wrong PINs after which the right one is refused too.
    package static let wrongPINCountMax: UInt64 = 5
    /// The most offers that one pass of upkeep changes, so that no writer waits long.
    package static let endedOfferCountMax = 512

    /// The secrets of a new offer, which leave the service once.
    package struct OfferSecrets: Sendable {
        /// 32 bytes.
        package let secret: [UInt8]
        /// The pre-authorized code, 32 bytes: a digest of the secret.
        package let code: [UInt8]
        package let pin: String?
        /// The loss code's bytes.
        package let loss: [UInt8]

        package init(secret: [UInt8], code: [UInt8], pin: String?, loss: [UInt8]) {
            (self.secret, self.code, self.pin, self.loss) = (secret, code, pin, loss)
        }
    }

    /// Keeps a new offer: its secret sealed, everything else that opens it as keyed digests.
    ///
    /// - Returns: the offer's record.
    /// - Throws: an error of the registry.
    package func makeOffer(
        _ subject: OfferRecord.Subject, _ secrets: OfferSecrets, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> OfferRecord {
        let identifier = try random.bytes(OfferRecord.identifierByteCount)
        let offer = OfferRecord(
            identifier: identifier, subject: subject, codeDigest: codeDigest(secrets.code),
            pinDigest: secrets.pin.map { pinDigest($0, of: identifier) }, lossDigest: lossDigest(secrets.loss),
            sealedSecret: try cipher.fields.sealed(
                shortLived: secrets.secret, at: Self.place(ofSecret: identifier)), madeAt: now,
            expiresAt: now + Self.offerSeconds)
        try transaction.putOffer(offer)
        return offer
    }

    /// The offer with this pre-authorized code.
    package func offer(code: [UInt8], in snapshot: any RegistrySnapshot) throws -> OfferRecord? {
        try snapshot.offer(codeDigest: codeDigest(code))
    }

    /// The offer's secret; nil once it is used, revoked or over, or its epoch key is gone.
    ///
    /// - Throws: `registry_corrupt` when the row does not open under the registry's key.
    package func secret(of offer: OfferRecord) throws -> [UInt8]? {
        guard let sealed = offer.sealedSecret else { return nil }
        switch try cipher.fields.opened(sealed, at: Self.place(ofSecret: offer.identifier)) {
        case .plain(let secret): return secret
        case .lost: return nil
        case nil: throw StorageError.corruptRow("the secret of an offer")
        }
    }

    /// Whether the PIN is the offer's; an offer without a PIN takes any.
    package func isPIN(_ pin: String, of offer: OfferRecord) -> Bool {
        offer.pinDigest.map { $0 == pinDigest(pin, of: offer.identifier) } ?? true
    }

    /// Counts a wrong PIN.
    ///
    /// - Returns: the tries that are left.
    package static func countWrongPIN(of offer: OfferRecord, in transaction: any RegistryTransaction) throws -> UInt64 {
        let counted = offer.withWrongPIN()
        try transaction.putOffer(counted)
        return wrongPINCountMax - min(counted.wrongPINCount, wrongPINCountMax)
    }

    /// Ends an open offer, and forgets its secret.
    package static func end(
        _ offer: OfferRecord, as status: OfferRecord.Status, in transaction: any RegistryTransaction
    ) throws {
        guard offer.status == .open else { return }
        try transaction.putOffer(offer.with(status))
    }

    /// Forgets the secrets of offers that are over, and later the offers themselves.
    ///
    /// - Returns: the number of changed rows; at ``endedOfferCountMax``, more of them may be left.
    package func forgetEndedOffers(at now: UInt64, in transaction: any RegistryTransaction) throws -> Int {
        let count = try transaction.eraseOfferSecrets(until: now, countMax: Self.endedOfferCountMax)
        guard count < Self.endedOfferCountMax, now >= Self.endedOfferSeconds else { return count }
        return count
            + (try transaction.deleteOffers(
                until: now - Self.endedOfferSeconds, countMax: Self.endedOfferCountMax - count))
    }

    /// A keyed digest of a loss code's bytes.
    package func lossDigest(_ bytes: [UInt8]) -> [UInt8] {
        cipher.digest("suishen wallet loss code v1 \(Hex.encode(bytes))")
    }

    private func codeDigest(_ code: [UInt8]) -> [UInt8] {
        cipher.digest("suishen wallet offer code v1 \(Hex.encode(code))")
    }

    private func pinDigest(_ pin: String, of offer: [UInt8]) -> [UInt8] {
        cipher.digest("suishen wallet PIN v1 \(Hex.encode(offer)) \(pin)")
    }

    static func place(ofSecret offer: [UInt8]) -> [UInt8] {
        Array("suishen wallet offer secret v1 \(Hex.encode(offer))".utf8)
    }
}

extension Registry {
    /// A token that only this registry's keys open, for a phone to bring back.
    ///
    /// - Parameters:
    ///   - content: the token's content.
    ///   - use: the token's use; it opens for no other.
    /// - Returns: the sealed bytes, which are different each time.
    /// - Throws: an error of the cipher.
    package func sealed(token content: [UInt8], for use: String) throws -> [UInt8] {
        try cipher.sealed(token: content, subject: Self.place(ofToken: use))
    }

    /// The content of a token; nil when this registry did not seal it for that use.
    package func opened(token: [UInt8], for use: String) throws -> [UInt8]? {
        // A nonce has 12 bytes and a tag 16; fewer bytes are no token.
        guard token.count >= 28 else { return nil }
        return try cipher.opened(token: token, subject: Self.place(ofToken: use))
    }

    private static func place(ofToken use: String) -> [UInt8] { Array("suishen wallet token v1 \(use)".utf8) }
}
