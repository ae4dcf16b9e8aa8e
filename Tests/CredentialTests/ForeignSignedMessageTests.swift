import Credential
import Encoding
import Signing
import TestSupport
import Testing

@Suite("Others' signed messages")
struct ForeignSignedMessageTests {
    private static let folder = ProjectFiles.shared + "/vectors/cose"
    private static let isThere = ProjectFiles.exists(folder + "/A_3.json")

    private static func key(_ json: JSONValue) throws -> VerificationKey {
        func coordinate(_ name: String) throws -> [UInt8] {
            if let hex = json["\(name)_hex"]?.string { return try Hex.decode(hex) }
            return try Base64.decodeURL(try #require(json[name]?.string))
        }
        if json["kty"]?.string == "OKP" { return try VerificationKey(raw: coordinate("x"), algorithm: .ed25519) }
        return try VerificationKey(raw: [0x04] + coordinate("x") + coordinate("y"), algorithm: .es256)
    }

    @Test("of the COSE examples pass and fail as said", .enabled(if: isThere, "no vectors beside the project"))
    func examples() throws {
        let passing = ["A_3", "ecdsa-sig-01", "eddsa-sig-01"] + (1...3).map { "sign-pass-0\($0)" }
        let failing = [1, 2, 3, 4, 6, 7].map { "sign-fail-0\($0)" }
        for name in passing + failing {
            let bytes = try ProjectFiles.bytes("\(Self.folder)/\(name).json")
            let vector = try JSONValue.parse(bytes, byteCountMax: 1 << 20)
            let input = try #require(vector["input"]?["sign0"])
            let message = try Hex.decode(try #require(vector["output"]?["cbor"]?.string))
            let external = try input["external"]?.string.map { try Hex.decode($0) } ?? []
            let key = try Self.key(try #require(input["key"]))
            let parsed = try? ForeignSignedMessage(message[...])
            let isSigned = parsed?.isSigned(by: key, externalData: external) ?? false
            #expect(isSigned == passing.contains(name), "\(name)")
            #expect((vector["fail"]?.bool ?? false) == failing.contains(name))
            guard isSigned, let parsed else { continue }
            #expect(!parsed.isSigned(by: key, externalData: external + [0]), "\(name)")
            // None of them keeps to our own profile.
            #expect(throws: CredentialError.self) { try SignedMessage(message[...]) }
            if name == "sign-pass-03" {
                #expect(throws: CredentialError.self) { try ForeignSignedMessage(message[...], isTagRequired: true) }
            }
        }
        print("cose: \(passing.count) messages pass, \(failing.count) fail")
    }

    @Test("carry the claims of RFC 8392 appendix A.3", .enabled(if: isThere, "no vectors beside the project"))
    func token() throws {
        let vector = try JSONValue.parse(ProjectFiles.bytes("\(Self.folder)/A_3.json"), byteCountMax: 1 << 20)
        let message = try ForeignSignedMessage(Hex.decode(try #require(vector["output"]?["cbor"]?.string))[...])
        let claims = try CBORItem.decode(message.payload[...], rules: .lenient, byteCountMax: 4096, depthMax: 8)
        #expect(claims.map?[integer: 1]?.text == "coap://as.example.com")
        #expect(claims.map?[integer: 4]?.unsigned == 1_444_064_944)
        let tagged = [0xD8, 0x3D] + (try Hex.decode(try #require(vector["output"]?["cbor"]?.string)))
        #expect(try ForeignSignedMessage(tagged[...]).payload == message.payload)
    }

    @Test("are refused where they are not one")
    func refused() throws {
        for hex in ["", "00", "d283", "d284404040", "d28440a0f640", "d28441a040404000", "d28443a10126a1012640404040"] {
            #expect(throws: CredentialError.self) { try ForeignSignedMessage(Hex.decode(hex)[...]) }
        }
        // One parameter in both headers, and one that must be understood.
        for hex in ["d28443a10126a101264040", "d28444a1028101a04040"] {
            #expect(throws: CredentialError.self) { try ForeignSignedMessage(Hex.decode(hex)[...]) }
        }
        #expect(try ForeignSignedMessage(Hex.decode("d28443a10126a04040")[...]).algorithmNumber == -7)
    }
}
