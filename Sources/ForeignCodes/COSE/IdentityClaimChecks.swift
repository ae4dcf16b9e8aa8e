import Encoding
import Signing

/// The algorithm of the signer's key is allowed in the profile: EdDSA or ES256, not PS256.
struct IdentityAlgorithmTaken: Proof {
    static let check = ForeignStage.signature

    init(_ signed: ForeignSigned) throws(ForeignFailure) {
        if signed.signer.key.algorithm == .ps256 { throw .algorithmMismatch }
    }
}

/// The code and its signer's certificate are valid now.
struct IdentityClaimInTime: Proof {
    static let check = ForeignStage.expiration

    init(_ claims: ForeignClaims, _ signed: ForeignSigned, at now: UInt64) throws(ForeignFailure) {
        if let failure = claims.timeFailure(at: now, in: .claim169) ?? signed.signer.timeFailure(at: now) {
            throw failure
        }
    }
}

/// The code has claim 169, and its attributes have the right types.
struct IdentityClaimShaped: Proof {
    static let check = ForeignStage.schema

    init(_ claims: ForeignClaims) throws(ForeignFailure) {
        if let failure = IdentityClaimSchema.failure(in: claims.map[integer: 169]) { throw failure }
    }
}
