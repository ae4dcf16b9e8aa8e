import Encoding
import Signing

/// The signer's key is of an algorithm that the profile takes: EdDSA or ES256, not PS256.
struct IdentityAlgorithmTaken: Proof {
    static let check = ForeignStage.signature

    init(_ signed: ForeignSigned) throws(ForeignFailure) {
        if signed.signer.key.algorithm == .ps256 { throw .algorithmMismatch }
    }
}

/// The code and its signer's certificate are in their time.
struct IdentityClaimInTime: Proof {
    static let check = ForeignStage.expiration

    init(_ claims: ForeignClaims, _ signed: ForeignSigned, at now: UInt64) throws(ForeignFailure) {
        if let failure = claims.timeFailure(at: now, in: .claim169) ?? signed.signer.timeFailure(at: now) {
            throw failure
        }
    }
}

/// Claim 169 is there, and its attributes are of their types.
struct IdentityClaimShaped: Proof {
    static let check = ForeignStage.schema

    init(_ claims: ForeignClaims) throws(ForeignFailure) {
        if let failure = IdentityClaimSchema.failure(in: claims.map[integer: 169]) { throw failure }
    }
}
