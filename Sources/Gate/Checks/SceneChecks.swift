import Credential
import ForeignCodes

/// The scene takes this kind of person or object code.
struct KindTaken: Proof {
    static let check = SuishenCheck.kind

    init(_ code: SignedCode, in scene: Scene) throws(Refusal) {
        let (isTaken, name) =
            switch code.claims.body {
            case .person(let person): (scene.kinds.contains(person.kind), person.kind.name)
            case .enterprise: (true, "enterprise")
            case .object(let object): (scene.objectKinds.contains(object.kind), object.kind.name)
            }
        guard isTaken else { throw Refusal(.wrongScene, "\(scene.name) takes no \(name) codes") }
    }
}

/// The phone answered this gate's challenge, if the gate or the scene asks a person for an answer.
struct ChallengeAnswered: Proof {
    static let check = SuishenCheck.challenge

    init(
        _ code: SignedCode, _ shown: ShownByHolder, in scene: Scene, challenge: [UInt8]?
    ) throws(Refusal) {
        guard let person = code.claims.person else { return }
        guard let challenge else {
            guard !scene.isChallengeRequired else {
                throw Refusal(.challengeMismatch, "\(scene.name) needs a challenge, but the gate gave none")
            }
            return
        }
        guard let presentation = shown.presentation else {
            throw Refusal(.challengeMismatch, "a \(person.kind.name) code cannot answer a challenge")
        }
        do {
            try presentation.checkChallenge(challenge)
        } catch {
            throw Refusal(error)
        }
    }
}

/// The code is shown by the holder, or by a guardian with the scene's scopes.
struct DelegationAllowed: Proof {
    static let check = SuishenCheck.delegation

    init(_ code: SignedCode, in scene: Scene) throws(Refusal) {
        guard let actor = code.claims.person?.actor, !scene.allowsDelegation(scope: actor.scope) else { return }
        throw Refusal(.delegationRefused, "the guardian may not act in \(scene.name)")
    }
}
