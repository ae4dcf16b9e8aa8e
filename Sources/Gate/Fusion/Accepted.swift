import ForeignCodes
import Signing

/// A source's acceptance of one code: it exists only together with every proof that the source has.
enum Accepted: Sendable {
    case suishen(SuishenProofs)
    case transit(ForeignSceneProofs, VerifiedTransitCode)
    case medical(ForeignSceneProofs, ReadableMedicalCode, KnownToInsurer, InsuranceActive)

    /// The showing that may be used once; nil where the same code may come again.
    var replayKey: ReplayKey? {
        switch self {
        case .suishen(let proofs): proofs.replayKey
        case .transit(_, let code): code.showing.replayKey
        case .medical(_, let code, _, _): code.replayKey
        }
    }

    /// The answer of a public transit terminal to an accepted code; nil where such a terminal has none.
    var terminalNumber: Int? {
        if case .transit = self { 0 } else { nil }
    }
}

extension ReadableMedicalCode {
    /// The code itself: it bears no time, and its digits are drawn anew for every showing.
    ///
    /// The store forgets it as it does others, after ``ReplayStore/windowSeconds``; the insurer, who is asked about each
    /// code, says when a code ends.
    fileprivate var replayKey: ReplayKey {
        let digest = DigestAlgorithm.sha256.digest(Array("suishen medical replay v1\(code.digits)".utf8))
        return ReplayKey(cti: Array(digest.prefix(8)), number: 0)
    }
}
