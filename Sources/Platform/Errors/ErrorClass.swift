/// The class of an error, which determines its HTTP status and its exit status.
///
/// There are four kinds: the caller's fault, a refusal, an error that passes, and our malfunction.
package enum ErrorClass: Sendable, Equatable, CaseIterable {
    // The caller's fault: the same request fails again.
    case requestMalformed
    case methodNotAllowed
    case requestTooLong
    /// A command's caller named an unusable file or data; in a service the file is its own, and this is a malfunction.
    case inputUnusable

    // A refusal: the request is sound, and the answer is no.
    case notPermitted
    case notFound
    case conflict

    // An error that passes: nothing was done, and the same request can succeed later.
    case later
    /// The caller has asked for more than it may in this time; the reason says when it may again.
    case tooMany

    /// The caller can do nothing about the error; every unknown error has this class.
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
        case .tooMany: 429
        }
    }

    /// The class of the error in an answer.
    ///
    /// For a status without a class, 4xx is the request's fault, and any other status is a malfunction.
    package init(httpStatus: Int) {
        switch httpStatus {
        case 403: self = .notPermitted
        case 404: self = .notFound
        case 405: self = .methodNotAllowed
        case 409: self = .conflict
        case 413: self = .requestTooLong
        case 429: self = .tooMany
        case 408, 425, 502, 503, 504: self = .later
        case 400..<500: self = .requestMalformed
        default: self = .malfunction
        }
    }

    /// The class of the error in a service, which reads only its own files.
    package var behindService: ErrorClass { self == .inputUnusable ? .malfunction : self }
}
