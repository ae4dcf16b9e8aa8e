/// The reason why a stage of another issuer's code failed, as a verdict's code; no case means accepted.
package enum ForeignFailure: String, Error, Sendable, CaseIterable {
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
