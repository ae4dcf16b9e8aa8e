import Encoding
package import Platform

/// The error of a gate bundle, a status list or an epoch key file that cannot be used.
package struct BundleError: Error, Equatable, Sendable {
    /// The stable codes; new ones are only added.
    package enum Code: String, Sendable, CaseIterable {
        /// A file is missing, unreadable, too large or malformed.
        case unreadable = "bundle_unreadable"
        /// No key that the gate trusts signed it.
        case badSignature = "bad_signature"
        /// The bundle is older than the newest that this gate has seen.
        case rollback = "bundle_rollback"
        /// The root key is not the one that this gate has pinned.
        case rootDiffers = "root_differs"
        /// The clock is behind a signed time that the gate knows, or signed material is dated ahead.
        case clockBefore = "clock_before_bundle"
        /// A root document is malformed, or does not follow the one before it.
        case rootsInvalid = "roots_invalid"
        /// Too few roots have signed a root document.
        case thresholdMissing = "root_threshold_missing"
        /// The newest root document, or the key that signed the bundle, has ended.
        case expired = "bundle_expired"
        /// A status list is missing, or its signer's key may not sign status lists.
        case statusUnknown = "status_unknown"
        /// A gate's request to be registered is malformed.
        case requestInvalid = "request_invalid"
        /// A gate's report is malformed.
        case reportInvalid = "report_invalid"
        /// The gate's sealed epoch keys are malformed, altered, or do not open.
        case keysUnusable = "keys_unusable"
        /// No key that may sign bundles signed the gate's sealed epoch keys.
        case keysBadSignature = "keys_bad_signature"
        /// The sealed epoch keys are another gate's.
        case keysForeign = "keys_foreign"
        /// The sealed epoch keys are older than the newest that this gate has seen.
        case keysRollback = "keys_rollback"
        /// The sealed epoch keys are dated ahead of the clock.
        case keysAhead = "keys_ahead"
        /// Another process holds the lock of one of the gate's files.
        case busy = "state_busy"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: @autoclosure () -> String, hint: @autoclosure () -> String) {
        self.code = code
        self.reason = ErrorText.made(reason)
        self.hint = ErrorText.made(hint)
    }

    static func rootDiffers(from expected: [UInt8], found: [UInt8]) -> BundleError {
        BundleError(
            code: .rootDiffers,
            reason: "the folder's root key has the digest \(Hex.encode(found)), and this gate trusts"
                + " \(Hex.encode(expected)) alone",
            hint: "keep the gate closed and ask the issuer; if its root is new, start with a new folder, --state")
    }

    static func rootsInvalid(_ reason: @autoclosure () -> String) -> BundleError {
        BundleError(
            code: .rootsInvalid, reason: reason(),
            hint: "fetch the issuer's newest \(RootChain.name) with its bundle, or ask the issuer")
    }

    static func malformed(_ reason: @autoclosure () -> String) -> BundleError {
        BundleError(code: .unreadable, reason: reason(), hint: "export it again with `suishen bundle export`")
    }
}

extension BundleError: CodedError {}

extension BundleError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .unreadable, .badSignature, .statusUnknown, .clockBefore, .rootsInvalid, .thresholdMissing, .expired,
            .requestInvalid, .reportInvalid, .keysUnusable, .keysBadSignature, .keysForeign, .keysAhead:
            .inputUnusable
        case .rollback, .rootDiffers, .keysRollback: .conflict
        case .busy: .later
        }
    }
}
