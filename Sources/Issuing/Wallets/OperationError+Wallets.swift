import Storage

extension OperationError {
    static let walletsOff = OperationError(
        code: .walletsOff, reason: "this installation has no wallet",
        hint: "set `wallet` in suishend.yaml to the wallet's origin, and restart the daemon")

    static let nonceNeeded = OperationError(
        code: .nonceNeeded, reason: "the proof's nonce is missing, has ended or is not of this daemon's start",
        hint: "ask for a nonce, and sign a new proof with it")

    static let tokenInvalid = OperationError(
        code: .tokenInvalid, reason: "the token is not this service's, has ended or belongs to another key",
        hint: "ask for a new access token by the device key")

    static let walletRevoked = OperationError(
        code: .walletRevoked, reason: "the codes of this phone were revoked, and are not renewed",
        hint: "ask for a new offer at the issuer's office")

    static let offerUnknown = OperationError(
        code: .offerUnknown, reason: "no offer has this code", hint: "open the whole link, or ask for a new offer")

    static let offerUsed = OperationError(
        code: .offerUsed, reason: "the offer has been used",
        hint: "if it was not by your phone, give the loss code; then ask for a new offer")

    static let pinLocked = OperationError(
        code: .pinLocked, reason: "the PIN was wrong \(Registry.wrongPINCountMax) times",
        hint: "ask for a new offer")

    static let lossCodeUnknown = OperationError(
        code: .lossCodeUnknown, reason: "no wallet has this loss code",
        hint: "check every letter and digit; letter case and dashes do not matter")

    static let holdingUnknown = OperationError(
        code: .holdingUnknown, reason: "no holding has this identifier",
        hint: "use a `holding` from `suishen wallet list`")

    static func offerEnded(_ reason: String) -> OperationError {
        OperationError(code: .offerEnded, reason: reason, hint: "ask for a new offer")
    }

    static func pinWrong(triesLeft: UInt64) -> OperationError {
        OperationError(
            code: .pinWrong, reason: "the PIN is missing or wrong; tries left: \(triesLeft)",
            hint: "type the 6 digits that came apart from the link")
    }

    static func proofInvalid(_ reason: String) -> OperationError {
        OperationError(
            code: .proofInvalid, reason: reason, hint: "sign a new proof as Issuing.docc/Wallets.md describes it")
    }
}

extension OfferRecord {
    /// Refuses an offer that can no longer be used.
    ///
    /// - Throws: `offer_used`, `offer_ended`.
    func checkOpen(at now: UInt64) throws(OperationError) {
        switch status {
        case .used: throw .offerUsed
        case .revoked: throw .offerEnded("the offer was revoked")
        case .open:
            guard now < expiresAt else {
                throw .offerEnded("the offer ended \(Registry.offerSeconds / 60) minutes after it was made")
            }
        }
    }
}
