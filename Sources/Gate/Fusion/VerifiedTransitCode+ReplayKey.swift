import ForeignCodes
import Signing

extension VerifiedTransitCode {
    /// What may be used once: the card at that second, never the code's bytes, which the phone can sign anew.
    ///
    /// The account is shortened to the store's 8 bytes by SHA-256: two of one second meet with 2⁻⁶⁴.
    var replayKey: ReplayKey {
        let digest = DigestAlgorithm.sha256.digest(Array("suishen transit replay v1".utf8) + cardAccount)
        return ReplayKey(cti: Array(digest.prefix(8)), number: generatedAt)
    }
}
