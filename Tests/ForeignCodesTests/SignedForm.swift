import Compression
import Encoding
import Signing

@testable import ForeignCodes

/// A COSE_Sign1 of another issuer in either profile, whose two headers a test chooses.
struct SignedForm {
    typealias Header = [(Int64, CBORItem)]

    static let clock = HealthCode.clock
    let profile: ForeignProfile
    let key: SigningKey

    /// The text of a code with these headers.
    func text(_ protected: Header, _ unprotected: Header = []) throws -> String {
        if profile == .hcert {
            return try HealthCode(protected: protected, unprotected: unprotected).text(key)
        }
        let claims = HealthCode.map([
            (4, .unsigned(Self.clock + 1000)), (169, HealthCode.map([(4, .text("Example"))])),
        ]).encoded()
        let header = protected.isEmpty ? [] : HealthCode.map(protected).encoded()
        let signed = CBORItem.array([
            .text("Signature1"), .byteString(header), .byteString([]), .byteString(claims),
        ])
        let code = CBORItem.array([
            .byteString(header), HealthCode.map(unprotected), .byteString(claims),
            .byteString(try key.sign(signed.encoded())),
        ])
        return Base45.encode(try Deflate.all(CBORItem.tagged(18, code).encoded()))
    }

    /// The verdict on a code with these headers.
    func verdict(
        _ protected: Header, _ unprotected: Header = [], trust: ForeignTrust
    ) throws -> ForeignVerdict {
        ForeignVerifier.verdict(try text(protected, unprotected), profile: profile, trust: trust, at: Self.clock)
    }
}
