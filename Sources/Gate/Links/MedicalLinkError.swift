package import Platform

/// The error of a request to the insurer's service that gave no insured person.
package struct MedicalLinkError: Error, Equatable, Sendable {
    /// The stable codes, in the words of verdicts.
    package enum Code: String, Sendable, CaseIterable {
        /// The answer is missing or unreadable: undecided, never an acceptance.
        case linkUnavailable = "link_unavailable"
        /// The service answered that the code belongs to no insured person.
        case noEntitlement = "no_entitlement"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    static func unavailable(_ reason: String) -> MedicalLinkError {
        MedicalLinkError(
            code: .linkUnavailable, reason: reason, hint: "check the link's address and the service behind it")
    }

    static let unknown = MedicalLinkError(
        code: .noEntitlement, reason: "the insurer knows nobody under this code",
        hint: "ask the holder to open the code anew")
}

extension MedicalLinkError: CodedError {}

extension MedicalLinkError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .noEntitlement: .notFound
        case .linkUnavailable: .later
        }
    }
}
