package import Encoding
package import Platform
package import Signing

/// Why a credential or its presentation was refused, or could not be made.
package struct CredentialError: Error, Equatable, Sendable {
    /// The stable codes, most of which are verdict codes; new ones may be added, none is removed.
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
        /// The credential is bound to another key or chain than the phone's.
        case keyMismatch = "key_mismatch"
        /// A chain's seed file does not contain a seed.
        case seedMalformed = "seed_malformed"
        /// The signing operation failed.
        case signingFailed = "signing_failed"
        /// The token that holds the private key does not answer, or does not let it sign.
        case keyUnavailable = "key_unavailable"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: @autoclosure () -> String, hint: @autoclosure () -> String) {
        self.code = code
        self.reason = ErrorText.made(reason)
        self.hint = ErrorText.made(hint)
    }

    package static func malformed(_ reason: @autoclosure () -> String) -> CredentialError {
        CredentialError(
            code: .malformed, reason: reason(), hint: "scan the code again; if the error stays, the code is faulty")
    }

    package init(_ error: SigningError) {
        self.init(
            code: error.errorClass == .later ? .keyUnavailable : .signingFailed, reason: error.reason,
            hint: error.hint)
    }

    /// The error for a fault in the encoding of `what`.
    package init(_ error: CBORError, in what: String) {
        self = .malformed("\(what): \(error.reason)")
    }

    /// Runs `body` and turns its error into `malformed`, with the name `what`.
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

extension CredentialError: CodedError {}

extension CredentialError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .malformed, .unsupportedVersion, .algorithmMismatch, .badSignature, .expired, .notYetValid,
            .presentationMissing, .badPresentation, .stale, .fromFuture, .challengeMismatch, .keyMismatch:
            .requestMalformed
        case .seedMalformed: .inputUnusable
        case .signingFailed: .malfunction
        case .keyUnavailable: .later
        }
    }
}
