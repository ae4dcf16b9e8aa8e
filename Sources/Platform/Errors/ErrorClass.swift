/// Who can do something about an error; the HTTP status and the exit status follow from it.
///
/// The cases are of four kinds: the caller's fault, a refusal, come again later, and our malfunction.
package enum ErrorClass: Sendable, Equatable, CaseIterable {
    // The caller's fault: the same request fails again.
    case requestMalformed
    case methodNotAllowed
    case requestTooLong
    /// A file or data that the caller of a command named; behind a service it is the service's own, and a malfunction.
    case inputUnusable

    // A refusal: the request is sound, and the answer is no.
    case notPermitted
    case notFound
    case conflict

    /// Nothing was done, and the same request can succeed later.
    case later

    /// The caller can do nothing about it; every unknown error is one.
    case malfunction
}

extension ErrorClass {
    /// The HTTP status of an answer that carries the error (RFC 9110 §15).
    package var httpStatus: Int {
        switch self {
        case .requestMalformed: 400
        case .notPermitted: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .requestTooLong: 413
        case .inputUnusable, .malfunction: 500
        case .later: 503
        }
    }

    /// The class of the error that an answer carries.
    ///
    /// A status that no class has keeps its hundred's meaning: 4xx is the request's fault, all else a malfunction.
    package init(httpStatus: Int) {
        switch httpStatus {
        case 403: self = .notPermitted
        case 404: self = .notFound
        case 405: self = .methodNotAllowed
        case 409: self = .conflict
        case 413: self = .requestTooLong
        case 408, 425, 429, 502, 503, 504: self = .later
        case 400..<500: self = .requestMalformed
        default: self = .malfunction
        }
    }

    /// The class of the error behind a service, where every file and every stored byte is the service's own.
    package var behindService: ErrorClass { self == .inputUnusable ? .malfunction : self }
}
