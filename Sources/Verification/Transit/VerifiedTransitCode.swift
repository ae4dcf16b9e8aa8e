import Credential
import Signing

/// What a transit code says, once all three signatures and every time have held.
package struct VerifiedTransitCode: Sendable, Equatable {
    /// 10 bytes.
    package let cardAccount: [UInt8]
    /// When the holder's phone made the code, Unix seconds.
    package let generatedAt: UInt64

    /// The registry's identifier of this card's holder.
    package var transitIdentifier: [UInt8] { Self.transitIdentifier(cardAccount: cardAccount) }

    /// The 12-byte transit identifier of a 10-byte card account: the account, then two zero bytes.
    ///
    /// The one place that says so; registration (`--transit`), seals, link table and transit codes meet in it.
    package static func transitIdentifier(cardAccount: [UInt8]) -> [UInt8] {
        cardAccount + [UInt8](repeating: 0, count: Seals.identifierByteCount - cardAccount.count)
    }

    /// What may be used once: the card at that second, never the code's bytes, which the phone can sign anew.
    ///
    /// The account is shortened to the store's 8 bytes by SHA-256: two of one second meet with 2⁻⁶⁴.
    var replayKey: ReplayKey {
        let digest = DigestAlgorithm.sha256.digest(Array("suishen transit replay v1".utf8) + cardAccount)
        return ReplayKey(cti: Array(digest.prefix(8)), number: generatedAt)
    }
}

/// Why a transit code is refused.
package struct TransitRefusal: Error, Equatable, Sendable {
    package let code: VerdictCode
    /// What public terminals answer: −1, or −101 to −106.
    package let terminalNumber: Int
    package let reason: String

    init(_ code: VerdictCode, _ terminalNumber: Int, _ reason: String) {
        self.code = code
        self.terminalNumber = terminalNumber
        self.reason = reason
    }
}
