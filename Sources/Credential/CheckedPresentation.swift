import Signing

/// A presentation that belongs to its credential: its countersignature is valid, or its link leads to the anchor.
package struct CheckedPresentation: Sendable, Equatable {
    /// The kind: signed or chain.
    package let kind: PersonKind
    /// The time of the showing by the phone's clock: the signed time, or the beginning of the slot.
    package let time: UInt64
    /// The slot, for chain codes.
    package let slot: UInt64?
    /// The answered challenge, for signed codes.
    package let challenge: [UInt8]?

    /// The number that distinguishes one credential's showings: the slot, or else the time.
    package var replayNumber: UInt64 { slot ?? time }

    /// Checks that the code was shown just now.
    ///
    /// A signed code is fresh in [now − ageSecondsMax, now + skewSeconds]. A link is fresh within its slot only,
    /// whatever the limit for signatures is, since anybody who saw it could show it again in the next slot; the slot
    /// may begin `skewSeconds` in the future.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - ageSecondsMax: the scene's limit.
    ///   - skewSeconds: how far the phone's clock may be ahead.
    /// - Throws: `stale`, `from_future`.
    package func checkFreshness(
        at now: UInt64, ageSecondsMax: UInt64, skewSeconds: UInt64
    ) throws(CredentialError) {
        if time > now.saturatingAdd(skewSeconds) {
            throw CredentialError(
                code: .fromFuture, reason: "the code was shown at \(time), which is after the present time \(now)",
                hint: "check the clocks of the phone and of this machine")
        }
        let limit = slot == nil ? ageSecondsMax : HashChain.slotSeconds - 1
        if now > time.saturatingAdd(limit) {
            throw CredentialError(
                code: .stale, reason: "the code was shown \(now - time) seconds ago, more than the limit of \(limit)",
                hint: "ask the holder to show the code again")
        }
    }

    /// Checks that the gate's challenge was answered, if the gate gave one.
    ///
    /// Throws `challenge_mismatch`, also for a chain code, which cannot answer one. A challenge that the gate did not
    /// give is ignored.
    package func checkChallenge(_ expected: [UInt8]?) throws(CredentialError) {
        guard let expected, expected != challenge else { return }
        throw CredentialError(
            code: .challengeMismatch,
            reason: challenge == nil ? "the gate's challenge was not answered" : "another challenge was answered",
            hint: "show the gate's challenge to the phone again; a chain code cannot answer it")
    }
}

extension VerifiedCredential {
    /// Checks that the phone's presentation belongs to the credential; time and challenge are checked apart.
    ///
    /// - Returns: nil for kinds of codes that have no presentation.
    /// - Throws: `presentation_missing`, `bad_presentation`.
    package func checkedPresentation() throws(CredentialError) -> CheckedPresentation? {
        // Enterprise and object codes with a presentation were refused when they were taken apart.
        guard let person = claims.person else { return nil }
        guard let presentation else {
            guard person.kind.isPresented else { return nil }
            throw CredentialError(
                code: .presentationMissing, reason: "the \(person.kind.name) code has no presentation by the phone",
                hint: "show the code on the phone that it was issued to; a copy is not accepted")
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
        default: throw .presentation("the presentation is not that of \(person.kind.name) codes")
        }
    }

    private func checkCountersignature(
        _ signature: [UInt8], context: PresentationContext, deviceKey: [UInt8]
    ) throws(CredentialError) {
        guard
            let algorithm = PersonClaims.deviceKeyAlgorithm(byteCount: deviceKey.count, issuedWith: algorithm),
            let key = try? VerificationKey(raw: deviceKey, algorithm: algorithm)
        else { throw .malformed("the device key is not a valid key") }
        let covered = SignatureStructure.countersignature0(of: message, externalData: context.encoded()[...])
        guard key.isValid(signature, for: covered) else {
            throw .presentation("the phone's signature is wrong")
        }
    }

    private func checkLink(_ link: [UInt8], slot: UInt64, anchor: [UInt8]) throws(CredentialError) {
        let slotCount = HashChain.slotCount(from: claims.issuedAt, to: claims.expiresAt ?? claims.issuedAt)
        guard slot < UInt64(slotCount) else {
            throw .presentation("slot \(slot) does not exist; the code has \(slotCount) slots")
        }
        let digest = (algorithm.suite ?? .ed25519).digest
        guard HashChain(digest: digest).anchor(link: link, slot: Int(slot)) == anchor else {
            throw .presentation("the link does not lead to the anchor")
        }
    }
}
