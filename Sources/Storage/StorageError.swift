package import Platform

/// The error of a registry operation.
package struct StorageError: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case registryMissing = "registry_missing"
        case registryExists = "registry_exists"
        case registryCorrupt = "registry_corrupt"
        /// A later version has changed the registry so that this one cannot use it.
        case schemaNewer = "schema_newer"
        case upgradeFailed = "upgrade_failed"
        case migrationRefused = "migration_refused"
        case registryUnwritable = "registry_unwritable"
        case diskFull = "disk_full"
        case commitUnknown = "commit_unknown"
        /// The database does not answer or takes no writes at the moment; nothing of the request was kept.
        case storageUnavailable = "storage_unavailable"
        /// The place of the storage in the settings cannot be used.
        case storageURLInvalid = "storage_url_invalid"
        case fieldKeyInvalid = "field_key_invalid"
        case subjectUnknown = "subject_unknown"
        case codeUnknown = "code_unknown"
        case alreadyRegistered = "already_registered"
        case idempotencyMismatch = "idempotency_mismatch"
        case statusListFull = "status_list_full"
        /// The epoch key of a sealed field is gone.
        case fieldLost = "field_lost"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }

    /// The error for a row that no version writes; it does not show the value.
    package static func corruptRow(_ place: String) -> StorageError {
        StorageError(
            code: .registryCorrupt, reason: "the registry has an invalid value: \(place)",
            hint: "\(restoring); `sqlite3 FILE 'PRAGMA integrity_check'` says more")
    }

    /// The fix for a damaged state; a backup without a recovery would undo revocations.
    package static let restoring = "restore it from a backup, then run `suishen recover --published DIR`"

    /// The error for a failed write; the reason contains no row's content.
    package static func unwritable(_ reason: String) -> StorageError {
        StorageError(
            code: .registryUnwritable, reason: "the registry cannot be written: \(reason)",
            hint: "check the disk's free space and the folder's permissions, then start again")
    }

    /// The error for a commit with an unknown outcome, with the store's message.
    package static func commitUnknown(_ words: String) -> StorageError {
        StorageError(
            code: .commitUnknown, reason: "a commit failed, and it may or may not be on the disk: \(words)",
            hint: "check the disk, then start again: every acknowledged change is kept")
    }

    /// The error for a full disk; the whole write is undone.
    package static let diskFull = StorageError(
        code: .diskFull, reason: "the registry's disk is full, and nothing of this request was kept",
        hint: "free some space and send the request again")

    /// The error for an unknown subject; it omits the name, which may be a resident ID number typed by mistake.
    package static let subjectUnknown = StorageError(
        code: .subjectUnknown, reason: "no subject of that name is registered",
        hint: "register the subject first, and use the `subject` of the answer")
}

extension StorageError: CodedError {}

extension StorageError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .subjectUnknown, .codeUnknown: .notFound
        case .registryExists, .alreadyRegistered, .idempotencyMismatch, .fieldLost: .conflict
        // After `schema_newer` the same request succeeds at a daemon of the later version.
        case .registryUnwritable, .diskFull, .statusListFull, .commitUnknown, .storageUnavailable, .schemaNewer: .later
        case .storageURLInvalid: .inputUnusable
        case .registryMissing, .registryCorrupt, .upgradeFailed, .migrationRefused, .fieldKeyInvalid: .malfunction
        }
    }
}
