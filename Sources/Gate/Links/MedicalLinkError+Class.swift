package import Platform

extension MedicalLinkError: CodedError {}

extension MedicalLinkError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .noEntitlement: .notFound
        case .linkUnavailable: .later
        }
    }
}
