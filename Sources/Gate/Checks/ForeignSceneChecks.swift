import Credential
import ForeignCodes

/// A scene's checks of every code of another issuer, in their order.
enum ForeignSceneCheck: String, Sendable, CaseIterable {
    case form, domain, challenge
}

/// Every proof that a scene takes another issuer's code, which identifies its holder in one domain.
struct ForeignSceneProofs: Sendable {
    let form: PersonsTaken
    let domain: DomainAsked
    let challenge: NoChallengeAsked

    /// Runs all three checks.
    ///
    /// - Parameters:
    ///   - domain: the domain in which the code identifies its holder.
    ///   - scene: the gate's scene.
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
            throw Refusal(.wrongForm, "\(scene.name) takes no person codes")
        }
    }
}

/// The scene asks for the holder's identity in the domain.
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
