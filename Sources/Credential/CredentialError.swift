package import Encoding
package import Signing

/// Why a credential or its presentation is refused, or could not be made.
package struct CredentialError: Error, Equatable, Sendable {
    /// The codes of a verdict, and what only issuing and presenting can meet; only ever added to.
    package enum Code: String, Sendable, CaseIterable {
        case malformed
        case unsupportedVersion = "unsupported_version"
        case algorithmMismatch = "algorithm_mismatch"
        case badSignature = "bad_signature"
        case expired
        case notYetValid = "not_yet_valid"
        case presentationMissing = "presentation_missing"
        case badPresentation = "bad_presentation"
        case stale
        case fromFuture = "from_future"
        case challengeMismatch = "challenge_mismatch"
        /// A phone's key or chain is not the one its credential is bound to.
        case keyMismatch = "key_mismatch"
        /// A chain's seed file says something else than a seed.
        case seedMalformed = "seed_malformed"
        /// Signing itself failed.
        case signingFailed = "signing_failed"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }

    package static func malformed(_ reason: String) -> CredentialError {
        CredentialError(code: .malformed, reason: reason, hint: "scan the code again; if it stays, its issuer erred")
    }

    package init(_ error: SigningError) {
        self.init(code: .signingFailed, reason: error.reason, hint: error.hint)
    }

    /// What is wrong with the encoding of `what`.
    package init(_ error: CBORError, in what: String) {
        self = .malformed("\(what): \(error.reason)")
    }

    /// Runs `body`; what it refuses becomes `malformed`, with `what` named.
    package static func reading<Value>(
        _ what: String, _ body: () throws(CBORError) -> Value
    ) throws(CredentialError) -> Value {
        do {
            return try body()
        } catch {
            throw CredentialError(error, in: what)
        }
    }
}
