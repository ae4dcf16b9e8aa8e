/// Why the registry did not do what was asked.
package struct StorageError: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case registryMissing = "registry_missing"
        case registryExists = "registry_exists"
        case registryCorrupt = "registry_corrupt"
        /// A later version wrote what is to be opened.
        case schemaNewer = "schema_newer"
        case upgradeFailed = "upgrade_failed"
        case registryUnwritable = "registry_unwritable"
        case diskFull = "disk_full"
        case commitUnknown = "commit_unknown"
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

    /// A row that this version's rules do not let a registry hold; the value itself is not told.
    static func corruptRow(_ place: String) -> StorageError {
        StorageError(
            code: .registryCorrupt, reason: "the registry holds a value that it cannot have: \(place)",
            hint: "\(restoring); `sqlite3 FILE 'PRAGMA integrity_check'` says more")
    }

    /// What to do about a state that is damaged: a backup alone would take back revocations.
    static let restoring = "restore it from a backup, then run `suishen recover --published DIR`"

    /// A failure of SQLite itself, told by its own words, which name no row's content.
    static func unwritable(_ reason: String) -> StorageError {
        StorageError(
            code: .registryUnwritable, reason: "the registry cannot be written: \(reason)",
            hint: "check the disk's free space and the folder's permissions, then start again")
    }

    /// A commit that failed half-way, told by the store's own words.
    static func commitUnknown(_ words: String) -> StorageError {
        StorageError(
            code: .commitUnknown, reason: "a commit failed, and it may or may not be on the disk: \(words)",
            hint: "check the disk, then start again: everything that was acknowledged is there")
    }

    /// The disk has no room; what was being written is undone as a whole.
    static let diskFull = StorageError(
        code: .diskFull, reason: "the registry's disk is full, so that nothing of this request was kept",
        hint: "free some space and send the request again")

    /// Names nothing that was asked for: somebody may have typed a resident ID number by mistake.
    static let subjectUnknown = StorageError(
        code: .subjectUnknown, reason: "no subject of that name is registered",
        hint: "register it first, and use the `subject` of that answer")
}
