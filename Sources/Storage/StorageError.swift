/// Why the registry did not do what was asked.
package struct StorageError: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case registryMissing = "registry_missing"
        case registryExists = "registry_exists"
        case registryCorrupt = "registry_corrupt"
        case registryUnwritable = "registry_unwritable"
        case fieldKeyInvalid = "field_key_invalid"
        case subjectUnknown = "subject_unknown"
        case codeUnknown = "code_unknown"
        case alreadyRegistered = "already_registered"
        case idempotencyMismatch = "idempotency_mismatch"
        case statusListFull = "status_list_full"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }

    /// A failure of SQLite itself, told by its own words, which name no row's content.
    static func unwritable(_ reason: String) -> StorageError {
        StorageError(
            code: .registryUnwritable, reason: "the registry cannot be written: \(reason)",
            hint: "check the disk's free space and the folder's permissions, then start again")
    }
}
