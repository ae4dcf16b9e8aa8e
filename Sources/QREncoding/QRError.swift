package import Platform
package import QRStandard

/// The error of a text that cannot be drawn.
package struct QRError: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case emptyText = "empty_text"
        case textTooLong = "text_too_long"
        case maskOutOfRange = "mask_out_of_range"
        case moduleSizeOutOfRange = "module_size_out_of_range"
        case pictureUnreadable = "picture_unreadable"
        case outOfMemory = "out_of_memory"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }

    package static let outOfMemory = QRError(
        code: .outOfMemory, reason: "no memory was left to draw a code", hint: "free memory and try again")

    package static let emptyText = QRError(
        code: .emptyText, reason: "the text is empty", hint: "give at least one character")

    package static func textTooLong(_ byteCount: Int, level: QRLevel) -> QRError {
        QRError(
            code: .textTooLong, reason: "\(byteCount) bytes do not fit a QR code at level \(level.rawValue)",
            hint: "shorten the text, or choose a lower level")
    }

    package static func maskOutOfRange(_ mask: Int) -> QRError {
        QRError(
            code: .maskOutOfRange, reason: "mask \(mask) does not exist; masks are 0 to 7",
            hint: "leave the mask to the encoder")
    }
}

extension QRError: CodedError {}

extension QRError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .emptyText, .textTooLong, .maskOutOfRange, .moduleSizeOutOfRange: .requestMalformed
        case .outOfMemory: .later
        case .pictureUnreadable: .malfunction
        }
    }
}
