package import Platform

/// The error of an event that was not spooled, or of a spool that was not sent.
package struct SpoolError: Error, Equatable, Sendable {
    /// The stable codes.
    package enum Code: String, Sendable, CaseIterable {
        /// A line, the order of lines or the end was altered; no event of the spool is sent.
        case tampered = "spool_tampered"
        case full = "spool_full"
        case unreadable = "spool_unreadable"
        case unwritable = "spool_unwritable"
        /// Another process holds the spool's lock.
        case busy = "spool_busy"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    static func tampered(_ path: String, _ finding: String) -> SpoolError {
        SpoolError(
            code: .tampered, reason: "\(path) was altered: \(finding)",
            hint: "keep the file as evidence, find out who wrote to it, and start another with --spool")
    }

    static func full(_ path: String) -> SpoolError {
        SpoolError(
            code: .full, reason: "\(path) is full: \(EventSpool.byteCountMax >> 20) MiB of unsent events",
            hint: "send them with `verify flush`")
    }

    static func unlocked(_ path: String, _ error: LockedFileError) -> SpoolError {
        guard error == .busy else { return failed(.unwritable, path, error.reason) }
        let seconds = LockedFile.timeoutMilliseconds / 1000
        return SpoolError(
            code: .busy, reason: "another process has held the lock of \(path) for over \(seconds) s",
            hint: "look for a stopped or hanging `verify` that uses the file (`fuser \(path)`), and end it")
    }

    static func failed(_ code: Code, _ path: String, _ cause: String) -> SpoolError {
        SpoolError(
            code: code, reason: "\(path) cannot be \(code == .unreadable ? "read" : "written"): \(cause)",
            hint: "check the folder, its permissions and the disk's free space")
    }
}

extension SpoolError: CodedError {}

extension SpoolError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .tampered, .unreadable, .unwritable: .inputUnusable
        case .full, .busy: .later
        }
    }
}
