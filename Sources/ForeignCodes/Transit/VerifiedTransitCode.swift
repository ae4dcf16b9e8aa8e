import Credential

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
}

/// Why a transit code is refused.
package struct TransitRefusal: Error, Equatable, Sendable {
    /// The stable codes, in the words of verdicts.
    package enum Code: String, Sendable, CaseIterable {
        case malformed
        case unknownIssuer = "unknown_issuer"
        case badSignature = "bad_signature"
        case keyNotForThisUse = "key_not_for_this_use"
        case keyExpired = "key_expired"
        case expired
        case badPresentation = "bad_presentation"
        case stale
        case fromFuture = "from_future"
        case noEntitlement = "no_entitlement"
    }

    package let code: Code
    /// What public terminals answer: −1, or −101 to −106.
    package let terminalNumber: Int
    package let reason: String
    package var hint: String { "ask the holder to open the code anew" }

    init(_ code: Code, _ terminalNumber: Int, _ reason: String) {
        self.code = code
        self.terminalNumber = terminalNumber
        self.reason = reason
    }
}
