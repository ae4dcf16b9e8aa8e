import Signing

/// A presentation that belongs to its credential: the countersignature fits, or the link leads to the anchor.
package struct CheckedPresentation: Sendable, Equatable {
    /// Signed or chain.
    package let kind: PersonKind
    /// When the code was shown, by the phone: the time it signed, or the begin of its slot.
    package let time: UInt64
    /// The slot, for the kind chain.
    package let slot: UInt64?
    /// The challenge that was answered, for the kind signed.
    package let challenge: [UInt8]?

    /// What tells one showing from another within a credential: the time, or the slot.
    package var replayNumber: UInt64 { slot ?? time }

    /// Checks that the code was shown just now.
    ///
    /// A signed one counts in [now − ageSecondsMax, now + skewSeconds]. A link counts within its slot, however old the
    /// gate lets signatures grow, since whoever saw it could show it again in the next; its begin may lie
    /// `skewSeconds` ahead.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - ageSecondsMax: the scene's limit.
    ///   - skewSeconds: how far ahead the phone's clock may be.
    /// - Throws: `stale`, `from_future`.
    package func checkFreshness(
        at now: UInt64, ageSecondsMax: UInt64, skewSeconds: UInt64
    ) throws(CredentialError) {
        if time > now.saturatingAdd(skewSeconds) {
            throw CredentialError(
                code: .fromFuture, reason: "the code was shown at \(time), it is \(now)",
                hint: "check the clocks of the phone and of this machine")
        }
        let limit = slot == nil ? ageSecondsMax : HashChain.slotSeconds - 1
        if now > time.saturatingAdd(limit) {
            throw CredentialError(
                code: .stale, reason: "the code was shown \(now - time) seconds ago, where \(limit) are the most",
                hint: "ask the holder to show the code anew")
        }
    }

    /// Checks that the gate's challenge was answered, where the gate asked with one.
    ///
    /// Throws `challenge_mismatch`, for a chain too, which cannot answer; a challenge nobody asked for is let be.
    package func checkChallenge(_ expected: [UInt8]?) throws(CredentialError) {
        guard let expected, expected != challenge else { return }
        throw CredentialError(
            code: .challengeMismatch,
            reason: challenge == nil ? "the gate's challenge was not answered" : "another challenge was answered",
            hint: "show the gate's challenge to the phone again; a chain cannot answer one")
    }
}

extension VerifiedCredential {
    /// Checks what the phone added against the credential; pure, so that time and challenge are checked apart.
    ///
    /// - Returns: nil for codes that have no presentation by their kind.
    /// - Throws: `presentation_missing`, `bad_presentation`.
    package func checkedPresentation() throws(CredentialError) -> CheckedPresentation? {
        // Enterprise and object codes with anything in that header were refused when they were taken apart.
        guard let person = claims.person else { return nil }
        guard let presentation else {
            guard person.kind.isPresented else { return nil }
            throw CredentialError(
                code: .presentationMissing, reason: "a \(person.kind.name) code without what the phone adds",
                hint: "show it from the phone it was issued to; a copy is worth nothing")
        }
        switch (presentation, person.binding) {
        case (.signed(let signature, let context), .deviceKey(let key)):
            try checkCountersignature(signature, context: context, deviceKey: key)
            return CheckedPresentation(
                kind: .signed, time: context.time, slot: nil, challenge: context.challenge)
        case (.chain(let slot, let link), .anchor(let anchor)):
            try checkLink(link, slot: slot, anchor: anchor)
            return CheckedPresentation(
                kind: .chain, time: claims.issuedAt.saturatingAdd(slot * HashChain.slotSeconds), slot: slot,
                challenge: nil)
        default: throw .presentation("what the phone added does not belong to \(person.kind.name) codes")
        }
    }

    private func checkCountersignature(
        _ signature: [UInt8], context: PresentationContext, deviceKey: [UInt8]
    ) throws(CredentialError) {
        guard
            let algorithm = PersonClaims.deviceKeyAlgorithm(byteCount: deviceKey.count, issuedWith: algorithm),
            let key = try? VerificationKey(raw: deviceKey, algorithm: algorithm)
        else { throw .malformed("the device key is no key") }
        let covered = SignatureStructure.countersignature0(of: message, externalData: context.encoded()[...])
        guard key.isValid(signature, for: covered) else {
            throw .presentation("the phone's signature does not fit")
        }
    }

    private func checkLink(_ link: [UInt8], slot: UInt64, anchor: [UInt8]) throws(CredentialError) {
        let slotCount = HashChain.slotCount(from: claims.issuedAt, to: claims.expiresAt ?? claims.issuedAt)
        guard slot < UInt64(slotCount) else { throw .presentation("slot \(slot) of \(slotCount)") }
        let digest = (algorithm.suite ?? .ed25519).digest
        guard HashChain(digest: digest).anchor(link: link, slot: Int(slot)) == anchor else {
            throw .presentation("the link does not lead to the anchor")
        }
    }
}
