import ForeignCodes
import Signing

/// A source's acceptance of one code; it cannot be made without every proof of that source.
///
/// It is indirect because the proofs are large, and are handed on several times on the way to a verdict.
indirect enum Accepted: Sendable {
    case suishen(SuishenProofs)
    case transit(ForeignSceneProofs, VerifiedTransitCode)
    case medical(ForeignSceneProofs, ReadableMedicalCode, KnownToInsurer, InsuranceActive)

    /// The showing that may be used once; nil for a code that may be used again.
    var replayKey: ReplayKey? {
        switch self {
        case .suishen(let proofs): proofs.replayKey
        case .transit(_, let code): code.showing.replayKey
        case .medical(_, let code, _, _): code.replayKey
        }
    }

    /// The answer of a public transit terminal to an accepted code; nil if such a terminal has no answer.
    var terminalNumber: Int? {
        if case .transit = self { 0 } else { nil }
    }
}

extension ReadableMedicalCode {
    /// The replay key of the code itself: it carries no time, and its digits are drawn anew for every showing.
    ///
    /// The store forgets it after ``ReplayStore/windowSeconds``, like all keys. The gate asks the insurer about each
    /// code, and the insurer decides when a code ends.
    fileprivate var replayKey: ReplayKey {
        let digest = DigestAlgorithm.sha256.digest(Array("suishen medical replay v1\(code.digits)".utf8))
        return ReplayKey(cti: Array(digest.prefix(8)), number: 0)
    }
}
