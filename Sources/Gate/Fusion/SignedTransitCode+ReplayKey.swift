import ForeignCodes
import Signing

extension SignedTransitCode {
    /// The card and second of the code, which may be used once; the phone can sign the same code again in other bytes.
    ///
    /// SHA-256 shortens the account to the store's 8 bytes: two accounts of one second collide with probability 2⁻⁶⁴.
    var replayKey: ReplayKey {
        let digest = DigestAlgorithm.sha256.digest(Array("suishen transit replay v1".utf8) + cardAccount)
        return ReplayKey(cti: Array(digest.prefix(8)), number: generatedAt, time: generatedAt)
    }
}
