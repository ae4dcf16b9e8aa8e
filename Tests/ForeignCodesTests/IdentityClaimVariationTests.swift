import Compression
import Encoding
import Signing
import TestSupport
import Testing

@testable import ForeignCodes
@testable import Gate

@Suite("An identity code of our own making")
struct IdentityClaimVariationTests {
    private static let clock: UInt64 = 1_750_000_000
    private static let everything: [(Int64, CBORItem)] =
        [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 19, 20, 21, 22].map { ($0, .text("x")) }
        + [9, 14, 17].map { ($0, .unsigned(1)) } + [(16, .byteString([0xFF, 0xD8])), (18, .byteString([1, 2]))]
        // Biometrics: a finger's records, and a face's alone, each with data, format, subformat and maker.
        + [(50, .array([record])), (60, record)]
    private static let record = HealthCode.map([
        (0, .byteString([1, 2, 3])), (1, .unsigned(0)), (2, .unsigned(1)), (3, .text("maker")),
    ])

    private func text(
        _ key: SigningKey, _ attributes: [(Int64, CBORItem)], header: [(Int64, CBORItem)], isTagged: Bool = true
    ) throws -> String {
        let header = HealthCode.map(header).encoded()
        let claims = HealthCode.map([
            (1, .text("https://issuer.example")), (4, .unsigned(Self.clock + 1000)), (6, .unsigned(Self.clock - 1000)),
            (169, HealthCode.map(attributes)),
        ]).encoded()
        let message = CBORItem.array([
            .text("Signature1"), .byteString(header), .byteString([]), .byteString(claims),
        ])
        let code = CBORItem.array([
            .byteString(header), .map(CBORMap()), .byteString(claims), .byteString(try key.sign(message.encoded())),
        ])
        return Base45.encode(try Deflate.all((isTagged ? .tagged(18, code) : code).encoded()))
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes).filter { $0 != "=" }.replacing("+", with: "-").replacing("/", with: "_")
    }

    /// A set of one key, as an issuer publishes it.
    private func jwks(_ key: SigningKey, kid: String) throws -> ForeignTrust {
        let raw = key.verificationKey.raw
        let jwk: JSONValue =
            key.verificationKey.algorithm == .ed25519
            ? ["kty": "OKP", "crv": "Ed25519", "kid": .string(kid), "x": .string(Self.base64URL(raw))]
            : [
                "kty": "EC", "crv": "P-256", "kid": .string(kid),
                "x": .string(Self.base64URL(Array(key.verificationKey.spki.suffix(64).prefix(32)))),
                "y": .string(Self.base64URL(Array(key.verificationKey.spki.suffix(32)))),
            ]
        return try ForeignTrust(Array(JSONValue.object(["keys": [jwk]]).encoded().utf8))
    }

    @Test(
        "is accepted with all that the specification names, under either algorithm, by a JWK set",
        arguments: [-8, -7, -9, -19])
    func accepted(algorithm: Int64) throws {
        let key = try SigningKey.generate([-8, -19].contains(algorithm) ? .ed25519 : .es256)
        let trust = try jwks(key, kid: "key-1")
        let headers: [[(Int64, CBORItem)]] = [
            [(1, .integer(algorithm))], [(1, .integer(algorithm)), (4, .byteString(Array("key-1".utf8)))],
        ]
        for header in headers {
            for isTagged in [true, false] {
                let text = try text(key, Self.everything, header: header, isTagged: isTagged)
                let verdict = ForeignVerifier.verdict(text, profile: .claim169, trust: trust, at: Self.clock)
                #expect(verdict.isAccepted && verdict.warnings.isEmpty, "\(verdict.code) \(verdict.stages)")
                #expect(!verdict.json.encoded().contains("\"x\""))
            }
        }
    }

    @Test("has ended in the second that it names as its end")
    func end() throws {
        let key = try SigningKey.generate(.ed25519)
        let trust = try jwks(key, kid: "key-1")
        let text = try text(key, Self.everything, header: [(1, .integer(-8))])
        for (time, code) in [(Self.clock + 999, "ok"), (Self.clock + 1000, "expired"), (Self.clock + 1001, "expired")] {
            let verdict = ForeignVerifier.verdict(text, profile: .claim169, trust: trust, at: time)
            #expect(verdict.code == code && (verdict.reason == nil) == (code == "ok"))
        }
    }

    @Test("is refused where an attribute is of another type, or there is none at all")
    func attributes() throws {
        let key = try SigningKey.generate(.ed25519)
        let trust = try jwks(key, kid: "key-1")
        let faults: [[(Int64, CBORItem)]] =
            [1, 4, 8, 12, 15, 20].map { [($0, .unsigned(1))] } + [9, 14, 17].map { [($0, .text("1"))] }
            + [[(16, .text("/9g="))], []]
        for attributes in faults {
            let text = try text(key, attributes, header: [(1, .integer(-8))])
            let verdict = ForeignVerifier.verdict(text, profile: .claim169, trust: trust, at: Self.clock)
            #expect(!verdict.isAccepted && verdict.result(of: .schema) == .failed, "\(attributes)")
            #expect(verdict.result(of: .signature) == .ok)
        }
    }

    @Test("is shown unverified, its attributes by their names")
    func inspection() throws {
        let key = try SigningKey.generate(.ed25519)
        let text = try text(key, Self.everything, header: [(1, .integer(-8))])
        let shown = try #require(ForeignInspection(text))
        #expect(shown.system == "claim169" && shown.isWhole)
        #expect(shown.json["issuer"]?["iss"] == "https://issuer.example")
        #expect(shown.json["expiresAt"] == .integer(Int64(Self.clock + 1000)))
        let identity = try #require(shown.json["identity"])
        #expect(identity["fullName"] == "x" && identity["gender"] == 1 && identity["photo"] == "ffd8")
        #expect(identity["50"]?.array?.first?["3"] == "maker" && identity["secondaryLanguage"] == "x")
        for count in 0..<text.count { #expect(ForeignInspection(String(text.prefix(count))) == nil) }
        #expect(ForeignInspection("ANY WORDS IN CAPITALS") == nil && ForeignInspection("") == nil)
    }
}
