import Credential

/// A transit code that passed every check; it cannot be made without the proof of each check.
package struct VerifiedTransitCode: Sendable {
    let readable: ReadableTransitCode
    let authority: TrustedAuthority
    let terms: TransitTerms
    package let showing: SignedTransitCode
}

/// A transit code whose three signatures are valid; its times and fare are not checked.
package struct SignedTransitCode: Sendable {
    let readable: ReadableTransitCode
    let signatures: TransitSignatures

    /// The card account, 10 bytes.
    package var cardAccount: [UInt8] { readable.code.cardAccount }
    /// When the holder's phone made the code, Unix seconds.
    package var generatedAt: UInt64 { readable.code.generatedAt }

    /// The registry's transit identifier of this card's holder.
    package var transitIdentifier: [UInt8] { VerifiedTransitCode.transitIdentifier(cardAccount: cardAccount) }
}

extension VerifiedTransitCode {
    /// The 12-byte transit identifier of a 10-byte card account: the account, then two zero bytes.
    ///
    /// Registration (`--transit`), seals, link table and transit codes must all use this form.
    package static func transitIdentifier(cardAccount: [UInt8]) -> [UInt8] {
        cardAccount + [UInt8](repeating: 0, count: Seals.identifierByteCount - cardAccount.count)
    }
}
