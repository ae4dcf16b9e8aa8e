package import Platform
import Signing

/// A refusal: bytes that are not part of a log, or a value that cannot enter one.
package struct TraceLogError: Error, Equatable, Sendable {
    /// The codes that programs may match; stable, only ever added to.
    package enum Code: String, Sendable, CaseIterable {
        case malformedEntry = "malformed_entry"
        case malformedBundle = "malformed_bundle"
        case malformedTile = "malformed_tile"
        case malformedCheckpoint = "malformed_checkpoint"
        case malformedKey = "malformed_key"
        case malformedProof = "malformed_proof"
        case malformedIssuedFile = "malformed_issued_file"
        case malformedTrail = "malformed_trail"
        case signatureFailed = "signature_failed"
        case keyUnavailable = "key_unavailable"
        case malformedEvent = "malformed_event"
        case unknownTerm = "unknown_term"
        case valueOutOfRange = "value_out_of_range"
        case outOfTree = "out_of_tree"
        case inputUnreadable = "input_unreadable"
    }

    package let code: Code
    /// The event and its input; lower case, no full stop.
    package let reason: String
    /// The fix, as one imperative sentence.
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}

extension TraceLogError {
    static func entry(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedEntry, reason: reason,
            hint: "write the entry in the format that the trace log's contract describes")
    }

    static func unreadable(_ error: AuditSourceError) -> TraceLogError {
        TraceLogError(code: .inputUnreadable, reason: error.reason, hint: error.hint)
    }

    /// The error of a signature that could not be made.
    init(signing error: SigningError) {
        self.init(
            code: error.errorClass == .later ? .keyUnavailable : .signatureFailed, reason: error.reason,
            hint: error.hint)
    }

    static func range(_ reason: String, _ hint: String) -> TraceLogError {
        TraceLogError(code: .valueOutOfRange, reason: reason, hint: hint)
    }
}

extension TraceLogError: CodedError {}

extension TraceLogError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .malformedEvent, .unknownTerm, .valueOutOfRange: .requestMalformed
        case .malformedEntry, .malformedBundle, .malformedTile, .malformedCheckpoint, .malformedKey, .malformedProof,
            .malformedIssuedFile, .malformedTrail, .signatureFailed, .outOfTree, .inputUnreadable:
            .inputUnusable
        case .keyUnavailable: .later
        }
    }
}
