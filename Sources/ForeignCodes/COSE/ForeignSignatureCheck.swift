import Credential
import Signing

/// A trusted key made the signature.
struct ForeignSigned: Proof {
    static let check = ForeignStage.signature
    let signer: ForeignKey
    /// Whether the code names the key by an identifier that the key has.
    let isIdentifierMatched: Bool

    /// Finds the trusted key that made the signature.
    ///
    /// All keys with the code's identifier are tried. If no key has it, every trusted key is tried, up to a limit: only
    /// a trusted key's signature counts, and some issuers write identifiers that differ from their certificates'.
    /// A code is refused without that search if it names no key although its profile requires one, or if its headers
    /// name different keys.
    ///
    /// - Parameters:
    ///   - token: the code.
    ///   - trust: the keys whose signatures count.
    ///   - isIdentifierRequired: whether the code must name its key.
    ///   - holds: whether a key may sign the code by its certificate's time and use. One key may have several
    ///     certificates; a valid certificate is preferred, in any order of the file.
    /// - Throws: the failure if no key was found.
    init(
        _ token: ForeignToken, in trust: ForeignTrust, isIdentifierRequired: Bool, holds: (ForeignKey) -> Bool
    ) throws(ForeignFailure) {
        let (message, identifier) = (token.message, token.keyIdentifier)
        let named = identifier.map { kid in trust.keys.filter { $0.identifiers.contains(kid) } } ?? []
        let candidates = named.isEmpty ? Array(trust.keys.prefix(ForeignToken.fallbackKeyCountMax)) : named
        if named.isEmpty && (message.hasContraryKeyIdentifiers || isIdentifierRequired && identifier == nil) {
            throw .unknownIssuer
        }
        guard message.algorithm != nil else { throw .algorithmMismatch }
        let fitting = candidates.filter { message.namesAlgorithm(of: $0.key) }
        if fitting.isEmpty { throw named.isEmpty ? .unknownIssuer : .algorithmMismatch }
        let ordered = fitting.filter(holds) + fitting.filter { !holds($0) }
        guard let signer = ordered.first(where: { message.isSigned(by: $0.key) }) else {
            throw named.isEmpty && identifier != nil ? .unknownIssuer : .badSignature
        }
        self.signer = signer
        isIdentifierMatched = !named.isEmpty
    }
}

/// The signer's key and expiry, for the verdict.
struct ForeignSigner {
    let issuer: ForeignVerdict.Issuer
    let expiresAt: UInt64?

    init(_ token: ForeignToken, _ signed: ForeignSigned, expiresAt: UInt64?) {
        issuer = ForeignVerdict.Issuer(
            iss: token.claims.issuer, kid: token.keyIdentifier, algorithm: signed.signer.key.algorithm.name)
        self.expiresAt = expiresAt
    }
}

/// The times of the claims are valid; the signer is unknown.
struct ClaimsInTime: Proof {
    static let check = ForeignStage.expiration

    init(_ claims: ForeignClaims, in profile: ForeignProfile, at now: UInt64) throws(ForeignFailure) {
        if let failure = claims.timeFailure(at: now, in: profile) { throw failure }
    }
}
