package import Platform

/// The error of a receipt that was not kept, or of a day of receipts that cannot be closed or opened.
package struct ReceiptError: Error, Equatable, Sendable {
    /// The stable codes.
    package enum Code: String, Sendable, CaseIterable {
        case unwritable = "receipts_unwritable"
        case unreadable = "receipts_unreadable"
        /// A day's file was altered, or belongs to another gate.
        case damaged = "receipts_damaged"
        /// Another process holds the folder's lock.
        case busy = "receipts_busy"
        case full = "receipts_full"
        /// The bundle has no settlement key, or the gate is not enrolled.
        case unavailable = "receipts_unavailable"
        case unsealed = "receipt_unsealed"
        case dayClosed = "day_closed"
        case dayOpen = "day_open"
        case dayExpired = "day_expired"
        case recordInvalid = "closed_day_invalid"
        case drawInvalid = "draw_invalid"
        /// The draw is about another gate, root or count than the closed day's.
        case drawForeign = "draw_foreign"
        /// Another draw of the same day was answered before.
        case drawDiffers = "draw_differs"
        case openingsInvalid = "openings_invalid"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        (self.code, self.reason, self.hint) = (code, reason, hint)
    }

    static func failed(_ code: Code, _ path: String, _ cause: String) -> ReceiptError {
        ReceiptError(
            code: code, reason: "\(path) cannot be \(code == .unreadable ? "read" : "written"): \(cause)",
            hint: "check the folder of receipts, its permissions and the disk's free space")
    }

    static func damaged(_ path: String, _ finding: String) -> ReceiptError {
        ReceiptError(
            code: .damaged, reason: "\(path) is damaged: \(finding)",
            hint: "keep the file as evidence, and tell the issuer that this day cannot be settled by its receipts")
    }

    static func unlocked(_ path: String, _ error: LockedFileError) -> ReceiptError {
        guard error == .busy else { return failed(.unwritable, path, error.reason) }
        let seconds = LockedFile.timeoutMilliseconds / 1000
        return ReceiptError(
            code: .busy, reason: "another process has held the lock of \(path) for over \(seconds) s",
            hint: "look for a stopped or hanging `verify` that uses the folder (`fuser \(path)`), and end it")
    }

    static func invalidDraw(_ finding: String) -> ReceiptError {
        ReceiptError(
            code: .drawInvalid, reason: "the draw cannot be used: \(finding)",
            hint: "fetch the draw again as `suishen settle draw` printed it")
    }
}

extension ReceiptError: CodedError {}

extension ReceiptError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .unwritable, .unreadable, .damaged, .unavailable, .recordInvalid, .drawInvalid, .openingsInvalid:
            .inputUnusable
        case .busy, .full: .later
        case .dayClosed, .dayOpen, .dayExpired, .drawForeign, .drawDiffers: .conflict
        case .unsealed: .malfunction
        }
    }
}
