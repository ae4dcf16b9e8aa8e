import Credential
import Encoding
import Signing
import Testing

@Suite("The wire vectors")
struct WireVectorTests {
    @Test("hold where they should", arguments: try WireVector.all("accepted.json"))
    func accepted(_ vector: WireVector) throws {
        let credential = try vector.check(vector.text)
        #expect(vector.expect == "ok")
        let text = try CredentialText(parsing: vector.text)
        // Taken out, the presentation leaves the credential as it was issued.
        let bare = try UnverifiedCredential(bytes: credential.credentialBytes, form: credential.form)
        #expect(bare.presentation == nil)
        #expect(bare.credentialBytes == credential.credentialBytes)
        #expect(try bare.verified(by: vector.key).claims == credential.claims)
        #expect((credential.presentation == nil) == (text.bytes == credential.credentialBytes))
        #expect(
            try CredentialText(bytes: text.bytes, form: text.form, host: text.host).text.uppercased()
                == vector.text.uppercased())
    }

    @Test("are refused with the code they name", arguments: try WireVector.all("refused.json"))
    func refused(_ vector: WireVector) throws {
        let error = #expect(throws: CredentialError.self) { try vector.check(vector.text) }
        #expect(error?.code.rawValue == vector.expect, "\(error?.reason ?? "")")
        #expect(error?.hint.isEmpty == false)
    }

    @Test("name every refusal this layer has a verdict for")
    func coverage() throws {
        let phoneSide: Set<CredentialError.Code> = [.keyMismatch, .keyUnavailable, .seedMalformed, .signingFailed]
        let expected = Set(CredentialError.Code.allCases).subtracting(phoneSide).map(\.rawValue)
        let found = Set(try WireVector.all("refused.json").map(\.expect))
        #expect(found == Set(expected))
        print("wire vectors: \(try WireVector.all("accepted.json").count) hold,", terminator: " ")
        print("\(try WireVector.all("refused.json").count) are refused")
    }

    @Test("give back the chains", arguments: try WireFixture.lines("chains.json"))
    func chains(_ line: JSONValue) throws {
        let seed = try ChainSeed(file: Array((line["seedFile"]?.string ?? "").utf8))
        #expect(Hex.encode(seed.anchor) == line["anchor"]?.string)
        let chain = HashChain(digest: seed.digest)
        for entry in try #require(line["links"]?.array) {
            let slot = Int(try #require(entry["slot"]?.integer))
            let link = try #require(seed.link(slot: slot))
            #expect(Hex.encode(link) == entry["link"]?.string)
            #expect(chain.anchor(link: link, slot: slot) == seed.anchor)
        }
    }

    @Test("give back the seals", arguments: try WireFixture.lines("seals.json"))
    func seals(_ line: JSONValue) throws {
        func bytes(_ name: String) throws -> [UInt8] { try Hex.decode(try #require(line[name]?.string)) }
        let suite = try #require(line["suite"]?.string.flatMap { Suite(rawValue: $0) })
        let day = UInt64(try #require(line["day"]?.integer))
        let epochKey = try EpochKey(masterKey: bytes("masterKey"), day: day, suite: suite)
        #expect(Hex.encode(epochKey.bytes) == line["epochKey"]?.string)
        let seals = Seals(suite: suite, cti: try bytes("cti"))
        for domain in SealDomain.allCases {
            let opened = try seals.opened(bytes("seals"), domain: domain, epochKey: epochKey)
            #expect(opened.map(Hex.encode) == line["expect"]?[domain.rawValue]?.string)
            let tomorrow = try EpochKey(masterKey: bytes("masterKey"), day: day + 1, suite: suite)
            #expect(try seals.opened(bytes("seals"), domain: domain, epochKey: tomorrow) == nil)
        }
        // One domain's seal says nothing under another domain's derivation.
        let swapped = Array(try bytes("seals").suffix(16) + bytes("seals").prefix(16))
        #expect(try seals.opened(swapped, domain: .medical, epochKey: epochKey) == nil)
        #expect(try Seals(suite: suite, cti: Array(1...8)).opened(swapped, domain: .transit, epochKey: epochKey) == nil)
    }
}
