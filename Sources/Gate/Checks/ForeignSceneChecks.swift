import Credential
import ForeignCodes

/// The checks that every code of another issuer needs at a scene, in their order.
enum ForeignSceneCheck: String, Sendable, CaseIterable {
    case form, domain, challenge
}

/// Every proof that a scene takes a code of another issuer that speaks for one domain.
struct ForeignSceneProofs: Sendable {
    let form: PersonsTaken
    let domain: DomainAsked
    let challenge: NoChallengeAsked

    /// Checks all of them.
    ///
    /// - Parameters:
    ///   - domain: what the code identifies its holder in.
    ///   - scene: the gate's.
    ///   - isChallenged: whether this gate asked with a challenge, which such a code cannot answer.
    /// - Throws: `wrong_form`, `wrong_scene`, `challenge_mismatch`.
    init(_ domain: SealDomain, in scene: Scene, isChallenged: Bool) throws(Refusal) {
        form = try PersonsTaken(in: scene)
        self.domain = try DomainAsked(domain, in: scene)
        challenge = try NoChallengeAsked(domain, in: scene, isChallenged: isChallenged)
    }
}

/// The scene takes the codes of persons.
struct PersonsTaken: Proof {
    static let check = ForeignSceneCheck.form

    init(in scene: Scene) throws(Refusal) {
        guard scene.forms.contains(.person) else {
            throw Refusal(.wrongForm, "\(scene.name) takes no person's codes")
        }
    }
}

/// The scene asks who the holder is in the domain.
struct DomainAsked: Proof {
    static let check = ForeignSceneCheck.domain

    init(_ domain: SealDomain, in scene: Scene) throws(Refusal) {
        guard scene.domains.contains(domain) else {
            throw Refusal(.wrongScene, "\(scene.name) asks for no \(domain.rawValue) identity")
        }
    }
}

/// Neither the scene nor the gate asks for the answer to a challenge.
struct NoChallengeAsked: Proof {
    static let check = ForeignSceneCheck.challenge

    init(_ domain: SealDomain, in scene: Scene, isChallenged: Bool) throws(Refusal) {
        guard !scene.isChallengeRequired, !isChallenged else {
            throw Refusal(.challengeMismatch, "a \(domain.rawValue) code cannot answer a challenge")
        }
    }
}
