import Credential

/// The checks of the project's own codes, in their order.
enum SuishenCheck: String, Sendable, CaseIterable {
    case readable, form, trust, signature, life, status, presentation, freshness, kind, challenge, delegation, seals
}

/// Every proof that one of the project's own codes needs.
struct SuishenProofs: Sendable {
    let readable: ReadableCode
    let form: FormTaken
    let trust: TrustedKeys
    let signature: SignedCode
    let life: CodeInLife
    let status: NotRevoked
    let presentation: ShownByHolder
    let freshness: FreshlyShown
    let kind: KindTaken
    let challenge: ChallengeAnswered
    let delegation: DelegationAllowed
    let seals: SealsOpened

    /// The showing that may be used once; nil for codes that may be shown again: paper, enterprise and object codes.
    var replayKey: ReplayKey? {
        guard let person = signature.claims.person, person.kind != .paper else { return nil }
        let claims = signature.claims
        let shown = presentation.presentation
        return ReplayKey(
            cti: person.cti, number: shown?.replayNumber ?? claims.issuedAt,
            time: shown?.time ?? max(claims.issuedAt, claims.expiresAt ?? 0), isChain: person.kind == .chain)
    }
}
