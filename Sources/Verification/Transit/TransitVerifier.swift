package import Signing

/// Verifies transit codes offline, at three levels: CA, card issuer, holder's phone; all SM2.
package struct TransitVerifier: Sendable {
    private let authorities: [UInt8: VerificationKey]
    private let layout: TransitLayout
    private let skewSeconds: UInt64

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - authorities: CA keys by the index certificates name; other than SM2 keys never fit.
    ///   - layout: how the codes of this network stand.
    ///   - skewSeconds: how far a phone's clock may be ahead of the gate's.
    package init(authorities: [UInt8: VerificationKey], layout: TransitLayout = .init(), skewSeconds: UInt64 = 30) {
        self.authorities = authorities.filter { $0.value.algorithm == .sm2 }
        self.layout = layout
        self.skewSeconds = skewSeconds
    }

    /// Judges one scanned code, the cheap refusals first, and remembers it when it is accepted.
    ///
    /// - Parameters:
    ///   - bytes: the whole code.
    ///   - fare: what the ride costs at most, in hundredths of a yuan.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - window: the codes seen lately at this scene.
    /// - Returns: the verdict, with what public terminals would answer.
    package func verdict(
        _ bytes: [UInt8], fare: UInt64 = 0, at now: UInt64, window: inout TransitReplayWindow
    ) -> TransitVerdict {
        guard let code = TransitCode(bytes, layout: layout) else { return .refused("malformed", -1) }
        guard let authority = authorities[code.certificate.caIndex] else { return .refused("unknown_issuer", -101) }
        if let refusal = timeRefusal(code, fare: fare, at: now) { return refusal }
        if let refusal = signatureRefusal(code, authority: authority) { return refusal }
        let key = code.cardAccount + (0..<8).map { UInt8(truncatingIfNeeded: code.generatedAt >> (56 - 8 * $0)) }
        guard window.remember(key, until: code.generatedAt + code.lifeSeconds, at: now) else {
            return .refused("replayed", nil)
        }
        return TransitVerdict(
            code: "ok", terminalNumber: 0, cardAccount: code.cardAccount, generatedAt: code.generatedAt)
    }

    private func timeRefusal(_ code: TransitCode, fare: UInt64, at now: UInt64) -> TransitVerdict? {
        let certificateEnd = layout.epoch.start + (code.certificate.expiryDay + 1) * TransitLayout.secondsPerDay
        if now >= certificateEnd { return .refused("key_expired", -102) }
        if now > code.authorisedUntil { return .refused("expired", -105) }
        if code.generatedAt > now + skewSeconds { return .refused("from_future", -105) }
        if now > code.generatedAt + code.lifeSeconds { return .refused("stale", -105) }
        return fare > code.highestFare ? .refused("no_entitlement", -106) : nil
    }

    /// Each level under the key of the level above, never under its own.
    private func signatureRefusal(_ code: TransitCode, authority: VerificationKey) -> TransitVerdict? {
        guard authority.isValid(code.certificate.signature, for: code.certificate.signedBytes),
            let issuer = try? VerificationKey(raw: code.certificate.key, algorithm: .sm2)
        else { return .refused("bad_signature", -102) }
        // A certificate speaks for its own issuer only.
        guard code.certificate.issuer == code.issuer else { return .refused("key_not_for_this_use", -102) }
        guard issuer.isValid(code.issuerSignature, for: code.issuerSignedBytes) else {
            return .refused("bad_signature", -103)
        }
        guard let user = try? VerificationKey(raw: code.userKey, algorithm: .sm2),
            user.isValid(code.userSignature, for: code.userSignedBytes)
        else { return .refused("bad_presentation", -104) }
        return nil
    }
}
