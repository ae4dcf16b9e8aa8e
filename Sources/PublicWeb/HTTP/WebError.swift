import Encoding
package import Platform

/// The error of a request to the public pages, beside the refusals of codes.
package struct WebError: CodedError, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case anotherPage = "another_page"
        case assetInvalid = "asset_invalid"
        case daemonUnreachable = "daemon_unreachable"
        case eventUnknown = "event_unknown"
        case fileMissing = "file_missing"
        case formMalformed = "form_malformed"
        case hostInvalid = "host_invalid"
        case hostUnknown = "host_unknown"
        case jsonMalformed = "json_malformed"
        case linkTypeUnknown = "link_type_unknown"
        case logDamaged = "log_damaged"
        case logUnreadable = "log_unreadable"
        case methodNotAllowed = "method_not_allowed"
        case notPublished = "not_published"
        case objectUnknown = "object_unknown"
        case originForeign = "origin_foreign"
        case outboxFull = "outbox_full"
        case pathUnknown = "path_unknown"
        case rateExceeded = "rate_exceeded"
        case reportsTooMany = "reports_too_many"
        case requestTooLong = "request_too_long"
        case targetMalformed = "target_malformed"
        case unexpected
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(_ code: Code, _ reason: String, hint: String) {
        (self.code, self.reason, self.hint) = (code, reason, hint)
    }

    static let daemonSilent = WebError(
        .daemonUnreachable, "the daemon cannot be asked", hint: "start suishend, and check --socket")
    static let daemonStrange = WebError(
        .daemonUnreachable, "the daemon's answer cannot be used", hint: "run suishend and suishen-web of one version")
    static let pathUnknown = WebError(
        .pathUnknown, "there is nothing at this path", hint: "scan the code again, or check the address")
}

extension WebError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .anotherPage: .conflict
        case .originForeign: .notPermitted
        case .formMalformed, .hostUnknown, .jsonMalformed, .linkTypeUnknown, .targetMalformed: .requestMalformed
        case .methodNotAllowed: .methodNotAllowed
        case .requestTooLong: .requestTooLong
        case .eventUnknown, .fileMissing, .notPublished, .objectUnknown, .pathUnknown: .notFound
        case .daemonUnreachable, .logUnreadable, .outboxFull: .later
        case .rateExceeded, .reportsTooMany: .tooMany
        case .assetInvalid, .hostInvalid: .inputUnusable
        case .logDamaged, .unexpected: .malfunction
        }
    }
}
