package import Encoding

extension OperationError {
    /// The error as every answer and every line of a batch carries it.
    package var json: JSONValue {
        ["error": ["code": .string(code), "reason": .string(reason), "hint": .string(hint)]]
    }

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
        case "registry_missing", "registry_corrupt", "log_inconsistent", "commit_unknown": 500
        case "registry_unwritable", "disk_full", "key_missing", "status_list_full", "log_unwritable", "log_checking",
            "erase_incomplete":
            503
        default: 400
        }
    }

    /// A request that is no JSON.
    package init(_ error: JSONError) {
        self.init(code: "request_malformed", reason: error.reason, hint: error.hint)
    }

    /// Of a request, or of a line, that is over the limit.
    package static func requestTooLong(_ byteCountMax: Int) -> OperationError {
        OperationError(
            code: "request_too_long", reason: "a request is over \(byteCountMax) bytes",
            hint: "send one object, or many as lines of application/x-ndjson")
    }
}
