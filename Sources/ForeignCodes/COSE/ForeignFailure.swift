/// The reason why a stage of another issuer's code failed.
package struct ForeignFailure: Error, Sendable, Equatable {
    /// The verdict's code; no case means accepted.
    package enum Code: String, Sendable, CaseIterable {
        case malformed
        case unsupportedVersion = "unsupported_version"
        case unknownIssuer = "unknown_issuer"
        case algorithmMismatch = "algorithm_mismatch"
        case badSignature = "bad_signature"
        case keyNotForThisUse = "key_not_for_this_use"
        case keyExpired = "key_expired"
        case expired
        case notYetValid = "not_yet_valid"
    }

    package let code: Code
    /// What happened; nil where the stage and the code say it all.
    package let reason: String?

    init(_ code: Code, reason: String? = nil) {
        self.code = code
        self.reason = reason
    }

    static let malformed = ForeignFailure(.malformed)
    static let unsupportedVersion = ForeignFailure(.unsupportedVersion)
    static let unknownIssuer = ForeignFailure(.unknownIssuer)
    static let algorithmMismatch = ForeignFailure(.algorithmMismatch)
    static let badSignature = ForeignFailure(.badSignature)
    static let keyNotForThisUse = ForeignFailure(.keyNotForThisUse)
    static let keyExpired = ForeignFailure(.keyExpired)
    static let expired = ForeignFailure(.expired)
    static let notYetValid = ForeignFailure(.notYetValid)
}
