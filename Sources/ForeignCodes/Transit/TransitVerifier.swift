import Signing
import Synchronization

/// Verifies transit codes offline, at three levels: CA, card issuer, holder's phone; all SM2.
package final class TransitVerifier: Sendable {
    private let network: TransitNetwork
    private let skewSeconds: UInt64
    private let lifeSecondsMax: UInt64
    // Parsed when first met: a gate that sees no transit code pays for none.
    private let parsed = Mutex<[UInt8: VerificationKey]>([:])

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - network: how codes stand, and the CA keys.
    ///   - skewSeconds: how far a phone's clock may be ahead of the gate's.
    ///   - lifeSecondsMax: the longest that a code counts, whatever it says itself: the replay store need not remember
    ///     it longer.
    package init(network: TransitNetwork, skewSeconds: UInt64, lifeSecondsMax: UInt64) {
        self.network = network
        self.skewSeconds = skewSeconds
        self.lifeSecondsMax = lifeSecondsMax
    }

    /// Judges one scanned code, the cheap refusals first; whether it was shown before is the gate's to ask.
    ///
    /// - Parameters:
    ///   - bytes: the whole code.
    ///   - fare: what the ride costs at most, in hundredths of a yuan.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: what the code says.
    /// - Throws: the refusal, with what public terminals would answer.
    package func verified(
        _ bytes: [UInt8], fare: UInt64 = 0, at now: UInt64
    ) throws(TransitRefusal) -> VerifiedTransitCode {
        guard let code = TransitCode(bytes, layout: network.layout) else {
            throw TransitRefusal(.malformed, -1, "the bytes are no transit code of this network")
        }
        guard let authority = authority(code.certificate.caIndex) else {
            throw TransitRefusal(.unknownIssuer, -101, "the bundle has no CA key \(code.certificate.caIndex)")
        }
        try checkTimes(code, fare: fare, at: now)
        try checkSignatures(code, authority: authority)
        return VerifiedTransitCode(cardAccount: code.cardAccount, generatedAt: code.generatedAt)
    }

    /// What a code that was refused for its time says all the same; nil unless every signature holds.
    package func untimely(_ bytes: [UInt8]) -> VerifiedTransitCode? {
        guard let code = TransitCode(bytes, layout: network.layout),
            let authority = authority(code.certificate.caIndex),
            (try? checkSignatures(code, authority: authority)) != nil
        else { return nil }
        return VerifiedTransitCode(cardAccount: code.cardAccount, generatedAt: code.generatedAt)
    }

    private func authority(_ index: UInt8) -> VerificationKey? {
        parsed.withLock { parsed in
            if let key = parsed[index] { return key }
            let key = network.authorities[index].flatMap { try? VerificationKey(raw: $0, algorithm: .sm2) }
            parsed[index] = key
            return key
        }
    }

    private func checkTimes(_ code: TransitCode, fare: UInt64, at now: UInt64) throws(TransitRefusal) {
        let certificateEnd =
            network.layout.epoch.start + (code.certificate.expiryDay + 1) * TransitLayout.secondsPerDay
        if now >= certificateEnd {
            throw TransitRefusal(.keyExpired, -102, "the card issuer's certificate ended at \(certificateEnd)")
        }
        if now > code.authorisedUntil {
            throw TransitRefusal(.expired, -105, "the card's authorisation ended at \(code.authorisedUntil)")
        }
        if code.generatedAt > now, code.generatedAt - now > skewSeconds {
            throw TransitRefusal(.fromFuture, -105, "the code was made at \(code.generatedAt), it is \(now)")
        }
        let life = min(code.lifeSeconds, lifeSecondsMax)
        if now > code.generatedAt + life {
            throw TransitRefusal(
                .stale, -105, "the code was made \(now - code.generatedAt) seconds ago, where \(life) are the most")
        }
        if fare > code.highestFare {
            throw TransitRefusal(.noEntitlement, -106, "the card pays \(code.highestFare) at most, the ride is \(fare)")
        }
    }

    /// Each level under the key of the level above, never under its own.
    private func checkSignatures(_ code: TransitCode, authority: VerificationKey) throws(TransitRefusal) {
        guard authority.isValid(code.certificate.signature, for: code.certificate.signedBytes),
            let issuer = try? VerificationKey(raw: code.certificate.key, algorithm: .sm2)
        else { throw TransitRefusal(.badSignature, -102, "the CA did not sign the card issuer's certificate") }
        // A certificate speaks for its own issuer only.
        guard code.certificate.issuer == code.issuer else {
            throw TransitRefusal(.keyNotForThisUse, -102, "the certificate is another card issuer's")
        }
        guard issuer.isValid(code.issuerSignature, for: code.issuerSignedBytes) else {
            throw TransitRefusal(.badSignature, -103, "the card issuer did not sign the card")
        }
        guard let user = try? VerificationKey(raw: code.userKey, algorithm: .sm2),
            user.isValid(code.userSignature, for: code.userSignedBytes)
        else { throw TransitRefusal(.badPresentation, -104, "the holder's phone did not sign the code") }
    }
}
