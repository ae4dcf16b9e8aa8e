package import Platform

/// A malfunction of a key, a file or the cryptographic library; a wrong signature is not an error.
package struct SigningError: Error, Equatable, Sendable {
    /// The stable codes; new ones may be added, none is removed.
    package enum Code: String, Sendable, CaseIterable {
        case keyUnreadable = "key_unreadable"
        case keyPermissions = "key_permissions"
        case keyExists = "key_exists"
        case keyUnwritable = "key_unwritable"
        case keyTooLarge = "key_too_large"
        case keyMalformed = "key_malformed"
        case keyEncrypted = "key_encrypted"
        case keyWrongAlgorithm = "key_wrong_algorithm"
        case keyUnavailable = "key_unavailable"
        case tokenKeyMissing = "token_key_missing"
        case tokenPinRefused = "token_pin_refused"
        case tokenURIInvalid = "token_uri_invalid"
        case passphraseUnusable = "passphrase_unusable"
        case passphraseWrong = "passphrase_wrong"
        case certificateMalformed = "certificate_malformed"
        case lengthOutOfRange = "length_out_of_range"
        case signingFailed = "signing_failed"
        case randomUnavailable = "random_unavailable"
        case cryptoUnavailable = "crypto_unavailable"
    }

    /// The code, which programs may compare.
    package let code: Code
    /// What happened to which input: lower case, no full stop, never a secret.
    package let reason: String
    /// The fix, as one imperative sentence.
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}

extension SigningError {
    static func unavailable(_ what: String) -> SigningError {
        SigningError(
            code: .cryptoUnavailable,
            reason: "libcrypto cannot set up \(what)",
            hint: "check the installation of OpenSSL 3.0 and its default provider")
    }

    static func length(_ what: String, _ count: Int, allowed: String) -> SigningError {
        SigningError(
            code: .lengthOutOfRange,
            reason: "\(what) of \(count) bytes, expected \(allowed)",
            hint: "give \(what) of an allowed length")
    }
}

extension SigningError: CodedError {}

extension SigningError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .keyUnreadable, .keyPermissions, .keyUnwritable, .keyTooLarge, .keyMalformed, .keyEncrypted,
            .keyWrongAlgorithm, .certificateMalformed, .lengthOutOfRange, .tokenURIInvalid, .passphraseUnusable,
            .passphraseWrong:
            .inputUnusable
        // Nothing needs a restart: the token comes back, or the operator mends the file of its PIN.
        case .keyUnavailable, .tokenKeyMissing, .tokenPinRefused: .later
        case .keyExists: .conflict
        case .signingFailed, .randomUnavailable, .cryptoUnavailable: .malfunction
        }
    }
}
