import Compression
import Credential
import Encoding
import Signing

/// Another issuer's text, unpacked into its signed message and the claims in it; nothing is verified yet.
struct ForeignToken {
    /// The most characters of a text: the capacity of the largest QR symbol (version 40, level L, alphanumeric).
    static let textByteCountMax = 4296
    /// The most bytes that a code may unpack to; real ones stay under 5 KiB.
    static let inflatedByteCountMax = 32 << 10
    /// The most keys tried for a code whose key identifier names none: each costs a signature check.
    static let fallbackKeyCountMax = 64

    let message: SignedMessage
    let claims: ForeignClaims

    /// Takes a text apart down to its claims and notes every stage on the way.
    ///
    /// - Returns: nil when a stage failed.
    init?(_ text: String, log: inout ForeignStageLog) {
        guard let unpacked = Self.unpacked(text, log: &log) else { return nil }
        let message = try? SignedMessage(
            unpacked[...], profile: .foreign, byteCountMax: Self.inflatedByteCountMax)
        guard let message else {
            log.fail(.cose, "malformed")
            return nil
        }
        log.pass(.cose)
        guard let claims = ForeignClaims(message.payload) else {
            log.fail(.cbor, "malformed")
            return nil
        }
        log.pass(.cbor)
        if message.isAlgorithmUnprotected { log.warn("unprotected_algorithm") }
        self.message = message
        self.claims = claims
    }

    /// The bytes inside a text: without prefix, Base45 and compression.
    private static func unpacked(_ text: String, log: inout ForeignStageLog) -> [UInt8]? {
        var bytes = Array(text.utf8.prefix(textByteCountMax + 1))[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        let hasPrefix = log.profile == .hcert
        guard bytes.count <= textByteCountMax else {
            log.fail(hasPrefix ? .unprefix : .base45, "malformed")
            return nil
        }
        if hasPrefix {
            guard bytes.starts(with: Array("HC1:".utf8)) else {
                log.fail(.unprefix, "malformed")
                return nil
            }
            log.pass(.unprefix)
            bytes = bytes.dropFirst(4)
        }
        guard !bytes.isEmpty, let packed = try? Base45.decode(utf8: bytes) else {
            log.fail(.base45, "malformed")
            return nil
        }
        log.pass(.base45)
        guard let unpacked = try? Inflate.all(packed, byteCountMax: inflatedByteCountMax) else {
            log.fail(.zlib, "malformed")
            return nil
        }
        log.pass(.zlib)
        return unpacked
    }
}

extension ForeignToken {
    /// The result of the search for the key that signed.
    enum SignatureOutcome {
        case valid(ForeignKey, identifierMatched: Bool)
        case failure(String)
    }

    /// The key identifier that the code carries; nil where it names no key.
    var keyIdentifier: [UInt8]? { message.keyIdentifier.isEmpty ? nil : message.keyIdentifier }

    /// Finds the trusted key that made the signature.
    ///
    /// All keys that share the identifier are tried. Where no key has it, every trusted key is tried, up to a limit:
    /// only a trusted key's signature counts, and some issuers write identifiers that their certificates do not give.
    /// There is no such search for a code that names no key although its profile requires one, nor for a code whose
    /// headers name different keys.
    ///
    /// - Parameters:
    ///   - trust: the keys whose signatures count.
    ///   - isIdentifierRequired: whether the code must name its key.
    ///   - holds: whether a key may sign the code by its certificate's time and use. One key may have several
    ///     certificates; one that holds is preferred to those that do not, in any order of the file.
    /// - Returns: the key, or the code that says why no key was found.
    func signer(
        in trust: ForeignTrust, isIdentifierRequired: Bool, holds: (ForeignKey) -> Bool
    ) -> SignatureOutcome {
        let named = keyIdentifier.map { kid in trust.keys.filter { $0.identifiers.contains(kid) } } ?? []
        let candidates = named.isEmpty ? Array(trust.keys.prefix(Self.fallbackKeyCountMax)) : named
        if named.isEmpty && (message.hasContraryKeyIdentifiers || isIdentifierRequired && keyIdentifier == nil) {
            return .failure("unknown_issuer")
        }
        guard message.algorithm != nil else { return .failure("algorithm_mismatch") }
        let fitting = candidates.filter { message.namesAlgorithm(of: $0.key) }
        if fitting.isEmpty { return .failure(named.isEmpty ? "unknown_issuer" : "algorithm_mismatch") }
        for candidate in fitting.filter(holds) + fitting.filter({ !holds($0) })
        where message.isSigned(by: candidate.key) {
            return .valid(candidate, identifierMatched: !named.isEmpty)
        }
        return .failure(named.isEmpty && keyIdentifier != nil ? "unknown_issuer" : "bad_signature")
    }
}
