import Credential
import ForeignCodes

/// The holder's own phone shows the code, if the code's kind needs a phone.
struct ShownByHolder: Proof {
    static let check = SuishenCheck.presentation
    /// Nil for kinds of codes without a presentation.
    let presentation: CheckedPresentation?

    init(_ code: SignedCode) throws(Refusal) {
        do {
            presentation = try code.credential.checkedPresentation()
        } catch {
            throw Refusal(error)
        }
    }
}

/// The phone shows the code now; it is not a copy of an earlier showing.
struct FreshlyShown: Proof {
    static let check = SuishenCheck.freshness

    init(_ shown: ShownByHolder, in scene: Scene, at now: UInt64, skewSeconds: UInt64) throws(Refusal) {
        do {
            try shown.presentation?.checkFreshness(
                at: now, ageSecondsMax: scene.presentationAgeSecondsMax, skewSeconds: skewSeconds)
        } catch {
            throw Refusal(error)
        }
    }
}
