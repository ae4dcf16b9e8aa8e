/// Why compressed data was not unpacked.
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
    /// What happened to which input.
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
            hint: "cut the data where its stream ends")
    }

    static func tooLarge(_ byteCountMax: Int) -> InflateError {
        InflateError(
            code: .tooLarge, reason: "more than \(byteCountMax) bytes come out of the zlib stream",
            hint: "refuse the sender, or raise the limit that the caller names")
    }
}
