extension RefusalCode {
    /// What to do about a refusal that names nothing nearer.
    package var hint: String {
        switch self {
        case .malformed: "scan the code again; if the answer stays, it is no code that this gate can take"
        case .unsupportedVersion: "update `verify` at this gate; the code is of a later version"
        case .unknownIssuer: "fetch the newest bundle; an issuer that is not in it is not trusted"
        case .algorithmMismatch, .badSignature: "turn the code away: it was altered, or is not its issuer's"
        case .keyNotForThisUse: "turn the code away, and tell its issuer that a key signed what it may not"
        case .keyExpired: "ask the holder for a code by the issuer's new key, and fetch the newest bundle"
        case .expired: "ask the holder for a fresh code from the issuer"
        case .notYetValid: "let the holder come back later, and check this machine's clock"
        case .revoked: "turn the code away, and let the holder ask the issuer why it is revoked"
        case .wrongForm, .wrongScene: "ask for a code of the kind that this gate is for, or name another with --scene"
        case .presentationMissing, .badPresentation: "ask the holder to show the code from their own phone"
        case .stale: "ask the holder to show the code anew"
        case .fromFuture: "check the clocks of the phone and of this machine"
        case .replayed: "ask the holder to show the code anew; a copy of it may be about"
        case .challengeMismatch: "show this gate's challenge to the phone again, and name it with --challenge"
        case .noEntitlement: "let the holder link what is asked for here, or take another way in"
        case .holderMismatch: "show one holder's codes at a time"
        case .delegationRefused: "ask the holder in person, or for a guardian with the scopes that this gate needs"
        case .noCode: "hold the code so that it fills a third of the picture, with its white border"
        case .unreadable: "hold the code still, flat and free of glare, and take another picture"
        case .bundleExpired, .bundleRollback: "fetch the newest bundle, and check this machine's clock"
        case .bundleUnreadable: "export the bundle again with `suishen bundle export`"
        case .statusUnknown: "fetch the newest bundle with its status lists"
        case .linkUnavailable: "check the service that --link or --socket names, or ask for a code that needs none"
        case .inputUnreadable: "check the path and its permissions, or start the scanner again"
        }
    }
}
