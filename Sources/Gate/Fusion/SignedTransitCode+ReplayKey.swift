import ForeignCodes
import Signing

extension SignedTransitCode {
    /// The card at that second, which may be used once: the phone can sign the same code anew in other bytes.
    ///
    /// The account is shortened to the store's 8 bytes by SHA-256: two of one second meet with 2⁻⁶⁴.
    var replayKey: ReplayKey {
        let digest = DigestAlgorithm.sha256.digest(Array("suishen transit replay v1".utf8) + cardAccount)
        return ReplayKey(cti: Array(digest.prefix(8)), number: generatedAt)
    }
}
