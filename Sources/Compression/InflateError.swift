package import Platform

/// The error of compressed data that cannot be unpacked.
package struct InflateError: Error, Equatable, Sendable {
    /// The stable codes.
    package enum Code: String, Sendable, CaseIterable {
        case corrupt
        case truncated
        case trailingBytes = "trailing_bytes"
        case tooLarge = "too_large"
        case outOfMemory = "out_of_memory"
    }

    /// The stable code.
    package let code: Code
    /// The failure, with the input that caused it.
    package let reason: String
    /// The fix.
    package let hint: String

    static let corrupt = InflateError(
        code: .corrupt, reason: "the data is not a zlib stream, or was altered", hint: "fetch or scan it again")
    static let truncated = InflateError(
        code: .truncated, reason: "the zlib stream ends before its checksum", hint: "fetch or scan it again")
    static let outOfMemory = InflateError(
        code: .outOfMemory, reason: "no memory is left for a zlib stream", hint: "free memory and try again")

    static func trailingBytes(_ count: Int) -> InflateError {
        InflateError(
            code: .trailingBytes, reason: "\(count) bytes follow the end of the zlib stream",
            hint: "cut the data at the end of its stream")
    }

    static func tooLarge(_ byteCountMax: Int) -> InflateError {
        InflateError(
            code: .tooLarge, reason: "the zlib stream unpacks to more than \(byteCountMax) bytes",
            hint: "refuse the sender's data, or raise the caller's limit")
    }
}

extension InflateError: CodedError {}

extension InflateError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .corrupt, .truncated, .trailingBytes, .tooLarge: .requestMalformed
        case .outOfMemory: .later
        }
    }
}
