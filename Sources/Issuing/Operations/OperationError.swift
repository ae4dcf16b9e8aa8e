package import Credential
package import Gate
package import Signing
package import Storage
package import TraceLog

/// A request that was refused, or that could not be carried out: nothing of it was done.
package struct OperationError: Error, Equatable, Sendable {
    /// A stable snake_case code.
    package let code: String
    package let reason: String
    package let hint: String

    package init(code: String, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }

    package init(_ error: CredentialError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    package init(_ error: SigningError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    package init(_ error: StorageError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    package init(_ error: TraceLogError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    package init(_ error: LogError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    package init(_ error: IdentifierError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    package init(_ error: BundleError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    /// Whatever a step threw, in this type; what is not ours says nothing of its content.
    package init(any error: any Error) {
        switch error {
        case let error as OperationError: self = error
        case let error as CredentialError: self.init(error)
        case let error as SigningError: self.init(error)
        case let error as StorageError: self.init(error)
        case let error as TraceLogError: self.init(error)
        case let error as LogError: self.init(error)
        case let error as IdentifierError: self.init(error)
        case let error as BundleError: self.init(error)
        default:
            self.init(
                code: "registry_unwritable", reason: "the registry refused the change",
                hint: "check the disk's free space and the folder's permissions, then try again")
        }
    }

    package static let keyMisplaced = OperationError(
        code: "idempotency_key_misplaced", reason: "what is asked takes no idempotency key",
        hint: "leave it out, or send the lines of a batch one by one with a key each")
}
