package import Platform

extension StorageError: CodedError {}

extension StorageError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .subjectUnknown, .codeUnknown: .notFound
        case .registryExists, .alreadyRegistered, .idempotencyMismatch: .conflict
        case .registryUnwritable, .diskFull, .statusListFull: .later
        case .registryMissing, .registryCorrupt, .schemaNewer, .upgradeFailed, .commitUnknown, .fieldKeyInvalid:
            .malfunction
        }
    }
}
