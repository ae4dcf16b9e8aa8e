package import Platform

/// The error of fetching a generation that is neither the bundle's nor the connection's.
package struct SyncError: Error, Equatable, Sendable {
    /// The stable codes; new ones are only added.
    package enum Code: String, Sendable, CaseIterable {
        /// The server answers that the file is elsewhere; no redirect is followed.
        case redirected
        /// The server has no such file, or does not hand it out.
        case fileMissing = "file_missing"
        /// The server says that it cannot answer now.
        case serverUnavailable = "server_unavailable"
        /// The files of one generation are too many bytes together.
        case generationTooLarge = "generation_too_large"
        /// No root is known by which the first generation could be checked.
        case rootMissing = "root_missing"
        /// Another process fetches into the folder.
        case busy = "sync_busy"
        /// The bundle's folder cannot be written.
        case unwritable = "folder_unwritable"
        /// The command was told to end.
        case stopped
        /// The state folder has no keys of a gate, so that no report can be signed.
        case notEnrolled = "gate_not_enrolled"
        /// The issuer refuses the gate's report.
        case reportRefused = "report_refused"
        /// Nobody has said that the gate's report is kept.
        case reportUnacknowledged = "report_unacknowledged"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    init(_ code: Code, _ reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}

extension SyncError: CodedError {}

extension SyncError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .redirected, .fileMissing, .generationTooLarge, .rootMissing, .unwritable, .notEnrolled: .inputUnusable
        case .reportRefused: .conflict
        case .serverUnavailable, .busy, .stopped, .reportUnacknowledged: .later
        }
    }
}
