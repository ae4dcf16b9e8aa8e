import Credential
import Encoding
import Signing
import TestSupport
import Testing

@Suite("A signed message of another issuer")
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

    private static func message(_ bytes: [UInt8]) throws -> SignedMessage {
        try SignedMessage(foreign: bytes[...], byteCountMax: 64 << 10)
    }

    /// A message of these headers, signed by `key`.
    private static func message(
        protected: [(Int64, CBORItem)], unprotected: [(Int64, CBORItem)] = [], by key: SigningKey
    ) throws -> SignedMessage {
        func map(_ entries: [(Int64, CBORItem)]) -> CBORItem {
            .map(CBORMap(entries.map { CBORMap.Entry(key: .integer($0.0), value: $0.1) }))
        }
        let header = protected.isEmpty ? [] : map(protected).encoded()
        let covered = SignatureStructure.signature1(protectedHeader: header[...], payload: [1, 2, 3])
        let item = CBORItem.array([
            .byteString(header), map(unprotected), .byteString([1, 2, 3]), .byteString(try key.sign(covered)),
        ])
        return try message(CBORItem.tagged(18, item).encoded())
    }

    @Test("passes or fails as the COSE examples say", .enabled(if: isThere, "no vectors beside the project"))
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
            func isSigned(_ message: [UInt8], externalData: [UInt8]) -> Bool {
                (try? Self.message(message))?.isSigned(by: key, externalData: externalData) ?? false
            }
            #expect(isSigned(message, externalData: external) == passing.contains(name), "\(name)")
            #expect((vector["fail"]?.bool ?? false) == failing.contains(name))
            guard passing.contains(name) else { continue }
            #expect(!isSigned(message, externalData: external + [0]), "\(name)")
            // None of them has the project's own form.
            #expect(throws: CredentialError.self) { try SignedMessage(message[...]) }
            try everyByte(of: message, name) { isSigned($0, externalData: external) }
        }
        print("cose: \(passing.count) messages pass, \(failing.count) fail")
    }

    /// Flips every byte: nothing but the unprotected header, which no signature covers, may change unseen.
    private func everyByte(of bytes: [UInt8], _ name: String, isSigned: ([UInt8]) -> Bool) throws {
        let unprotected = try Self.message(bytes).unprotectedHeader.indices
        for index in bytes.indices {
            for mask: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
                var changed = bytes
                changed[index] ^= mask
                guard isSigned(changed) else { continue }
                #expect(unprotected.contains(index), "\(name): byte \(index) xor \(mask)")
                let (before, after) = (try Self.message(bytes), try Self.message(changed))
                #expect(after.payload == before.payload && after.protectedHeader == before.protectedHeader)
            }
        }
        for count in bytes.indices {
            #expect(throws: CredentialError.self) { try Self.message(Array(bytes[..<count])) }
        }
        #expect(throws: CredentialError.self) { try Self.message(bytes + [0]) }
    }

    @Test("carries the claims of RFC 8392 appendix A.3", .enabled(if: isThere, "no vectors beside the project"))
    func token() throws {
        let vector = try JSONValue.parse(ProjectFiles.bytes("\(Self.folder)/A_3.json"), byteCountMax: 1 << 20)
        let bytes = try Hex.decode(try #require(vector["output"]?["cbor"]?.string))
        let message = try Self.message(bytes)
        let claims = try CBORItem.decode(message.payload, rules: .lenient, byteCountMax: 4096, depthMax: 8)
        #expect(claims.map?[integer: 1]?.text == "coap://as.example.com")
        #expect(claims.map?[integer: 4]?.unsigned == 1_444_064_944)
        #expect(try Self.message([0xD8, 0x3D] + bytes).payload == message.payload)
    }

    @Test("is refused where it is not a COSE_Sign1 with its payload")
    func refused() throws {
        for hex in [
            "", "00", "d283", "d284404040", "d28440a0f640", "d28441a040404000", "d28443a10126a1012640404040",
            "d38443a10126a04040", "d2d28443a10126a04040", "d23d8443a10126a04040", "d28543a10126a0404040",
            "d28443a10126a0404000", "d2848043a10126a04040", "d28443a10126804040", "d28441a0f64040",
            "d2844301a040404040",
            "d29f43a10126a04040", "d29f43a10126a0404040ff", "d28446a2012601264040a04040",
        ] {
            #expect(throws: CredentialError.self, "\(hex)") { try Self.message(Hex.decode(hex)) }
        }
        let limit = [UInt8](repeating: 0, count: (64 << 10) + 1)
        #expect(throws: CredentialError.self) { try Self.message(limit) }
    }

    @Test("is read in every encoding of the same items")
    func encodings() throws {
        for hex in [
            "8443a10126a04040", "d28443a10126a04040", "d83dd28443a10126a04040", "d83d8443a10126a04040",
            "d8128443a10126a04040", "d29f43a10126a04040ff", "d2845f42a1014126ffa05fff5f40ff", "d2845803a10126a04040",
            "d28444bf0126ffa04040", "d28444a1180126a04040", "d28443a10126bfff4040",
        ] {
            let message = try Self.message(Hex.decode(hex.filter { $0 != " " }))
            #expect(message.algorithmNumber == -7 && message.payload.isEmpty, "\(hex)")
        }
    }

    @Test("is refused where crit cannot be obeyed, and read where every label in it is understood")
    func critical() throws {
        let key = try SigningKey.generate(.es256)
        let kid = CBORItem.byteString([1, 2])
        let algorithm: (Int64, CBORItem) = (1, .integer(-7))
        let refused: [(protected: [(Int64, CBORItem)], unprotected: [(Int64, CBORItem)])] = [
            ([algorithm, (2, .array([.integer(99)])), (99, .null)], []),
            ([algorithm, (2, .array([.integer(1), .integer(99)])), (99, .null)], []),
            ([algorithm, (2, .array([.text("reserved")]))], []),
            ([algorithm, (2, .array([]))], []), ([algorithm, (2, .integer(1))], []), ([algorithm, (2, .null)], []),
            // A label that the protected header does not have.
            ([algorithm, (2, .array([.integer(4)]))], [(4, kid)]), ([algorithm, (2, .array([.integer(99)]))], []),
            // crit itself must be protected.
            ([algorithm], [(2, .array([.integer(1)]))]), ([], [algorithm, (2, .array([.integer(1)]))]),
        ]
        for headers in refused {
            #expect(throws: CredentialError.self, "\(headers)") {
                try Self.message(protected: headers.protected, unprotected: headers.unprotected, by: key)
            }
        }
        for labels: [Int64] in [[1], [4], [1, 4]] {
            let message = try Self.message(
                protected: [algorithm, (2, .array(labels.map { .integer($0) })), (4, kid)], by: key)
            #expect(message.isSigned(by: key.verificationKey) && message.keyIdentifier == [1, 2])
        }
        #expect(try Self.message(protected: [algorithm, (99, .null)], by: key).isSigned(by: key.verificationKey))
    }

    @Test("takes algorithm and key identifier from the protected header before the unprotected one")
    func precedence() throws {
        let key = try SigningKey.generate(.es256)
        func message(_ protected: [(Int64, CBORItem)], _ unprotected: [(Int64, CBORItem)]) throws -> SignedMessage {
            try Self.message(protected: protected, unprotected: unprotected, by: key)
        }
        let (es256, eddsa): ((Int64, CBORItem), (Int64, CBORItem)) = ((1, .integer(-7)), (1, .integer(-8)))
        let unprotected = try message([], [es256])
        #expect(unprotected.isAlgorithmUnprotected && unprotected.isSigned(by: key.verificationKey))
        let both = try message([es256], [eddsa])
        #expect(!both.isAlgorithmUnprotected && both.isSigned(by: key.verificationKey))
        #expect(try !message([eddsa], [es256]).isSigned(by: key.verificationKey))
        // A protected algorithm that is not a number is not replaced by an unprotected one.
        let text = try message([(1, .text("ES256"))], [es256])
        #expect(text.algorithmNumber == nil && !text.isSigned(by: key.verificationKey))
        #expect(try message([], []).algorithmNumber == nil)

        let (one, two) = (CBORItem.byteString([1]), CBORItem.byteString([2]))
        #expect(try message([es256, (4, one)], []).keyIdentifier == [1])
        #expect(try message([es256], [(4, two)]).keyIdentifier == [2])
        let contrary = try message([es256, (4, one)], [(4, two)])
        #expect(contrary.keyIdentifier == [1] && contrary.hasContraryKeyIdentifiers)
        #expect(try !message([es256, (4, one)], [(4, one)]).hasContraryKeyIdentifiers)
        let wrongType = try message([es256, (4, .unsigned(1))], [(4, two)])
        #expect(wrongType.keyIdentifier.isEmpty && wrongType.hasContraryKeyIdentifiers)
        #expect(try message([es256], []).keyIdentifier.isEmpty)
    }

    @Test("may name its algorithm by the numbers of RFC 9864, which its own form does not have")
    func fullySpecifiedAlgorithms() throws {
        let numbers: [(suite: Suite, number: Int64)] = [(.es256, -9), (.ed25519, -19)]
        for (suite, number) in numbers {
            let key = try SigningKey.generate(suite.algorithm)
            let message = try Self.message(protected: [(1, .integer(number))], by: key)
            #expect(message.algorithm == suite.algorithm && message.isSigned(by: key.verificationKey))
            for other in numbers where other.number != number {
                #expect(
                    try !Self.message(protected: [(1, .integer(other.number))], by: key).isSigned(
                        by: key.verificationKey))
            }
            // ESP384, ESP512 and Ed448 are not supported.
            for unsupported: Int64 in [-51, -52, -53, -35, 0, 1] {
                let message = try Self.message(protected: [(1, .integer(unsupported))], by: key)
                #expect(message.algorithm == nil && !message.isSigned(by: key.verificationKey))
            }
            var writer = CBORWriter()
            writer.map(count: 2)
            writer.integer(1)
            writer.integer(number)
            writer.integer(4)
            writer.byteString(key.verificationKey.keyIdentifier)
            let covered = SignatureStructure.signature1(protectedHeader: writer.bytes[...], payload: [1])
            let own = CBORItem.tagged(
                18,
                .array([
                    .byteString(writer.bytes), .map(CBORMap()), .byteString([1]), .byteString(try key.sign(covered)),
                ]))
            let ownMessage = try SignedMessage(own.encoded()[...])
            #expect(ownMessage.algorithm == nil && !ownMessage.isSigned(by: key.verificationKey))
        }
    }
}
