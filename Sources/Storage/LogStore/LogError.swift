package import Platform

/// The error of a log that did not take an event or cannot be published.
package struct LogError: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// Another writer appended to the object first.
        case conflict
        /// One idempotency key came with two different requests.
        case idempotencyMismatch = "idempotency_mismatch"
        case entryMissing = "entry_missing"
        case wrongObject = "wrong_object"
        case nothingToErase = "nothing_to_erase"
        /// The published files contradict the last checkpoint or the entries.
        case logInconsistent = "log_inconsistent"
        /// Entries that were published are missing after a recovery.
        case logBehind = "log_behind"
        /// The entries differ from the checkpoint that was published before a recovery.
        case logForked = "log_forked"
        /// Published files that a recovery needs do not hash to the published checkpoint.
        case publishedLogDiffers = "published_log_differs"
        /// A witness has a checkpoint of this log's key over more entries than the log has.
        case logBehindWitness = "log_behind_witness"
        /// A witness has a checkpoint of this log's key over other entries.
        case logForkedWitness = "log_forked_witness"
        case logUnreadable = "log_unreadable"
        case logUnwritable = "log_unwritable"
        /// The object storage gives no answer, which passes by itself.
        case tilesSilent = "tiles_silent"
        /// The object storage refuses the account, the time or the bucket.
        case tilesRefused = "tiles_refused"
        /// The object storage does not keep the conditions of a write.
        case tilesUnsafe = "tiles_unsafe"
        /// The file with the keys of the object storage cannot be read.
        case tilesCredentials = "tiles_credentials"
        case eraseIncomplete = "erase_incomplete"
        /// A key would become active again, or another actor would change its status.
        case keyStatusRefused = "key_status_refused"
        /// An actor's signature does not match the event, or no entry registers the key for the actor.
        case actorSignature = "actor_signature"
        /// An event is signed with a key that was retired or revoked.
        case keyRevoked = "key_revoked"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}

extension LogError {
    package static func inconsistent(_ reason: String) -> LogError {
        LogError(
            code: .logInconsistent, reason: reason,
            hint: "stop, keep a copy of the state directory, and publish nothing; \(StorageError.restoring)")
    }
}

extension LogError: CodedError {}

extension LogError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .wrongObject, .actorSignature: .requestMalformed
        case .entryMissing: .notFound
        case .conflict, .idempotencyMismatch, .nothingToErase, .keyStatusRefused, .keyRevoked: .conflict
        case .logBehind, .logUnwritable, .tilesSilent, .tilesRefused, .eraseIncomplete: .later
        case .publishedLogDiffers, .tilesCredentials: .inputUnusable
        case .logInconsistent, .logForked, .logUnreadable, .logBehindWitness, .logForkedWitness, .tilesUnsafe:
            .malfunction
        }
    }
}
