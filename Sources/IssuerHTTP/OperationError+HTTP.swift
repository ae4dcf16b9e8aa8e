import Issuing

extension OperationError {
    /// The HTTP status (RFC 9110 §15) that tells a client whether asking again can help.
    var httpStatus: Int {
        switch code {
        case "not_permitted": 403
        case "route_unknown", "subject_unknown", "code_unknown", "key_unknown", "list_unknown", "entry_missing",
            "log_file_missing":
            404
        case "method_not_allowed": 405
        case "already_registered", "idempotency_mismatch", "key_in_use", "key_compromised", "conflict",
            "nothing_to_erase", "key_status_refused", "key_revoked":
            409
        case "request_too_long": 413
        case "registry_missing", "registry_corrupt", "registry_behind", "beat_missing", "beat_foreign",
            "beat_unreadable", "log_inconsistent", "log_unreadable", "log_forked", "commit_unknown":
            500
        case "registry_unwritable", "disk_full", "key_missing", "status_list_full", "log_unwritable", "log_checking",
            "log_behind", "beat_unwritable", "erase_incomplete":
            503
        default: 400
        }
    }
}
