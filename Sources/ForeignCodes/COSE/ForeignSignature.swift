import Signing

extension ForeignEnvelope {
    /// The most keys tried for a code whose key identifier names none: each costs a signature check.
    static let fallbackKeyCountMax = 64

    /// What came of looking for the key that signed.
    enum SignatureOutcome {
        case valid(ForeignKey, identifierMatched: Bool)
        case failure(String)
    }

    /// Finds the trusted key that made the signature.
    ///
    /// All keys that share the identifier are tried. Where none has it, every trusted key is, up to a limit: only a
    /// trusted key's signature counts, and some issuers write identifiers their certificates do not give. A code that
    /// names no key where its profile asks for one, or names two in its headers and the signed one is unknown, is not
    /// helped that way.
    ///
    /// - Parameters:
    ///   - trust: the keys whose signatures count.
    ///   - isIdentifierRequired: whether the code must name its key.
    ///   - holds: whether a key may sign the code by its certificate's time and use. One key may have several
    ///     certificates; one that holds counts before those that do not, wherever they stand in the file.
    /// - Returns: the key, or the code of why there is none.
    func signer(
        in trust: ForeignTrust, isIdentifierRequired: Bool, holds: (ForeignKey) -> Bool
    ) -> SignatureOutcome {
        let messages = signedMessages
        let named = kid.map { kid in trust.keys.filter { $0.identifiers.contains(kid) } } ?? []
        let candidates = named.isEmpty ? Array(trust.keys.prefix(Self.fallbackKeyCountMax)) : named
        if named.isEmpty && (hasContraryIdentifiers || isIdentifierRequired && kid == nil) {
            return .failure("unknown_issuer")
        }
        guard let algorithm else { return .failure("algorithm_mismatch") }
        let fitting = candidates.filter { $0.key.algorithm == algorithm }
        if fitting.isEmpty { return .failure(named.isEmpty ? "unknown_issuer" : "algorithm_mismatch") }
        for candidate in fitting.filter(holds) + fitting.filter({ !holds($0) })
        where messages.contains(where: { candidate.key.isValid(signature, for: $0, lowSOnly: false) }) {
            return .valid(candidate, identifierMatched: !named.isEmpty)
        }
        return .failure(named.isEmpty && kid != nil ? "unknown_issuer" : "bad_signature")
    }
}
