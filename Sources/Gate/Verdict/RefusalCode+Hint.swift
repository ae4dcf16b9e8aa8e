extension RefusalCode {
    /// The general fix, for a refusal without its own hint.
    package var hint: String {
        switch self {
        case .malformed: "scan the code again; if the answer is the same, this gate cannot read this code"
        case .unsupportedVersion: "update `verify` at this gate; the code has a later version"
        case .unknownIssuer: "fetch the newest bundle; a gate trusts only the issuers in its bundle"
        case .algorithmMismatch, .badSignature: "turn the code away: it was altered or forged"
        case .keyNotForThisUse: "turn the code away, and tell its issuer that the key signed a code it must not sign"
        case .keyExpired: "ask the holder for a code signed with the issuer's new key, and fetch the newest bundle"
        case .expired: "ask the holder for a fresh code from the issuer"
        case .notYetValid: "ask the holder to come back later, and check this machine's clock"
        case .revoked: "turn the code away; the holder can ask the issuer why it is revoked"
        case .wrongForm, .wrongScene: "ask for a code of a kind that this gate takes, or name another scene: --scene"
        case .presentationMissing, .badPresentation: "ask the holder to show the code from their own phone"
        case .stale: "ask the holder to show the code anew"
        case .fromFuture: "check the clocks of the phone and of this machine"
        case .replayed: "ask the holder to show the code anew; someone may be showing a copy"
        case .challengeMismatch: "show this gate's challenge to the phone again, and pass it with --challenge"
        case .noEntitlement: "ask the holder to link the missing identity, or to use another entrance"
        case .holderMismatch: "show one holder's codes at a time"
        case .delegationRefused: "ask for the holder in person, or for a guardian with the scopes that this gate needs"
        case .noCode: "hold the code so that it fills a third of the picture, with its white border"
        case .unreadable: "hold the code still, flat and free of glare, and take another picture"
        case .bundleExpired, .bundleRollback: "fetch the newest bundle, and check this machine's clock"
        case .clockBeforeBundle: "set this machine's clock"
        case .bundleUnreadable: "export the bundle again with `suishen bundle export`"
        case .rootDiffers: "ask the issuer whether its root is new; if it is, start with a new folder, --state"
        case .statusUnknown: "fetch the newest bundle with its status lists"
        case .linkUnavailable: "check the service that --link or --socket names, or use a code that works offline"
        case .inputUnreadable: "check the path and its permissions, or start the scanner again"
        }
    }
}
