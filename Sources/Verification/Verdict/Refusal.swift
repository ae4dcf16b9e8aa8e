package import Credential

/// Why a code is not accepted: a verdict's code and what lies behind it.
package struct Refusal: Error, Equatable, Sendable {
    package let code: VerdictCode
    package let reason: String
    /// A further word for programs, where the code alone does not say it all.
    package let warning: String?

    package init(_ code: VerdictCode, _ reason: String, warning: String? = nil) {
        self.code = code
        self.reason = reason
        self.warning = warning
    }

    package init(_ error: CredentialError) {
        self.init(VerdictCode(rawValue: error.code.rawValue) ?? .malformed, error.reason)
    }
}
