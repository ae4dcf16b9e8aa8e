/// An error of the project: a stable code, a reason, a fix, and a class.
package protocol CodedError: Error, Sendable {
    associatedtype StableCode: Sendable

    var code: StableCode { get }
    /// The stable snake_case code, which programs may compare.
    var codeText: String { get }
    /// The event and the input that it concerns: lower case, no full stop, never a secret.
    var reason: String { get }
    /// The fix, as one imperative sentence.
    var hint: String { get }
    var errorClass: ErrorClass { get }
}

/// The codes of one error type, each with its class.
package protocol ErrorCode: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    var errorClass: ErrorClass { get }
}

extension CodedError where StableCode: ErrorCode {
    package var codeText: String { code.rawValue }
    package var errorClass: ErrorClass { code.errorClass }
}

extension CodedError where StableCode == String {
    package var codeText: String { code }
}
