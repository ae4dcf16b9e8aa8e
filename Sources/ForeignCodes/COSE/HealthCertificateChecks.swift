import Encoding
import Signing

/// The claims contain a health certificate; its content is not checked yet.
struct HealthCertificate: Proof {
    static let check = ForeignStage.cbor
    let payload: CBORMap
    let kinds: [HealthEntryKind]

    init(_ token: ForeignToken) throws(ForeignFailure) {
        guard token.prefix != nil, let payload = token.claims.map[integer: -260]?.map?[integer: 1]?.map else {
            throw .malformed
        }
        self.payload = payload
        kinds = HealthEntryKind.allCases.filter { !(payload[text: $0.rawValue]?.array ?? []).isEmpty }
    }

    /// Whether a key's certificate allows it to sign entries of these kinds.
    func maySign(_ key: ForeignKey) -> Bool {
        kinds.allSatisfy { $0.isAllowed(by: key.certificate?.extendedKeyUsages ?? []) }
    }
}

/// The code and its signer's certificate are valid now.
///
/// A code without an expiry is valid as long as its signer's certificate; under a bare key it is refused.
struct HealthCertificateInTime: Proof {
    static let check = ForeignStage.expiration

    init(
        _ claims: ForeignClaims, expiresAt: UInt64?, _ signed: ForeignSigned, at now: UInt64
    ) throws(ForeignFailure) {
        guard let expiresAt else { throw .malformed }
        if ForeignProfile.hcert.isOver(expiresAt, at: now) { throw .expired }
        if let failure = claims.timeFailure(at: now, in: .hcert) ?? signed.signer.timeFailure(at: now) { throw failure }
    }
}

/// The signer's certificate allows it to sign entries of these kinds.
struct KeyMaySign: Proof {
    static let check = ForeignStage.keyusage

    init(_ certificate: HealthCertificate, _ signed: ForeignSigned) throws(ForeignFailure) {
        guard certificate.maySign(signed.signer) else { throw .keyNotForThisUse }
    }
}

/// The content has the structure of a supported version.
struct HealthCertificateShaped: Proof {
    static let check = ForeignStage.schema

    init(_ certificate: HealthCertificate) throws(ForeignFailure) {
        if let failure = HealthCertificateSchema.failure(in: certificate.payload) { throw failure }
    }
}
