package import Platform

/// The error of a file of value sets that cannot be read.
package struct HealthValueSetsError: Error, Equatable, Sendable {
    /// The stable codes.
    package enum Code: String, Sendable, CaseIterable {
        case unreadable = "value_sets_unreadable"
        case tooLarge = "value_sets_too_large"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    static func unreadable(_ reason: String) -> HealthValueSetsError {
        HealthValueSetsError(
            code: .unreadable, reason: "the file of value sets cannot be used: \(reason)",
            hint: "give the value sets in JSON as the health authority publishes them")
    }

    static func tooLarge(_ byteCount: Int) -> HealthValueSetsError {
        HealthValueSetsError(
            code: .tooLarge,
            reason: "the file of value sets has \(byteCount) bytes, more than \(HealthValueSets.byteCountMax)",
            hint: "name the file that holds the value sets")
    }
}

extension HealthValueSetsError: CodedError {}

extension HealthValueSetsError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .inputUnusable
    }
}
