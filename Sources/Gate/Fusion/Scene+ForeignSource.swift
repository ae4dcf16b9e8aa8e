import Credential

extension Scene {
    /// Why a scene takes no code of another issuer that speaks for `domain`.
    ///
    /// - Parameters:
    ///   - domain: what the code identifies its holder in.
    ///   - isChallenged: whether this gate asked with a challenge, which such a code cannot answer.
    /// - Returns: the refusal; nil where the scene takes it.
    func refusal(ofSourceIn domain: SealDomain, isChallenged: Bool) -> Refusal? {
        if !forms.contains(.person) { return Refusal(.wrongForm, "\(name) takes no person's codes") }
        if !domains.contains(domain) { return Refusal(.wrongScene, "\(name) asks for no \(domain.rawValue) identity") }
        if isChallengeRequired || isChallenged {
            return Refusal(.challengeMismatch, "a \(domain.rawValue) code cannot answer a challenge")
        }
        return nil
    }
}
