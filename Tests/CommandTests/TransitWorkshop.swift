import Encoding
import ForeignCodes
import Gate
import Signing

/// A transit network's keys, made for one test, and good and bad codes under them.
struct TransitWorkshop {
    let authority: SigningKey
    let issuer: SigningKey
    let phone: SigningKey

    init() throws {
        authority = try .generate(.sm2)
        issuer = try .generate(.sm2)
        phone = try .generate(.sm2)
    }

    var network: TransitNetwork {
        TransitNetwork(layout: TransitLayout(), authorities: [1: TransitAuthority(key: authority.verificationKey.raw)])
    }

    /// A code's text form for a stream.
    func code(
        authority: SigningKey? = nil, issuer: SigningKey? = nil, phone: SigningKey? = nil, caIndex: UInt8 = 1,
        account: [UInt8] = VerifyGate.cardAccount, generatedAt: UInt64 = VerifyGate.now,
        goodUntil: UInt64 = VerifyGate.now + 86_400, certificateEnd: UInt64? = nil, certifiedIssuer: [UInt8]? = nil
    ) throws -> String {
        let maker = TransitCodeMaker(layout: network.layout)
        var card = TransitCodeMaker.Card(authorisedUntil: goodUntil)
        card.cardAccount = account
        let certificate = try maker.certificate(
            issuer: certifiedIssuer ?? card.issuer, key: self.issuer.verificationKey,
            expiresAt: certificateEnd ?? goodUntil,
            authority: authority ?? self.authority, caIndex: caIndex)
        let bytes = try maker.code(
            card, certificate: certificate, issuer: issuer ?? self.issuer, user: phone ?? self.phone,
            generatedAt: generatedAt)
        return "hex:" + Hex.encode(bytes)
    }
}
