import Encoding
import Signing
import Testing

@testable import ForeignCodes

@Suite("A health certificate that is looked into")
struct ForeignInspectionTests {
    @Test("shows its issuer, its times and what it certifies")
    func certificate() throws {
        var code = HealthCode()
        code.protected = [(1, .integer(-7)), (4, .byteString([1, 2, 3, 4, 5, 6, 7, 8]))]
        let shown = try #require(ForeignInspection(code.text(SigningKey.generate(.es256))))
        #expect(shown.system == "hcert" && shown.isWhole)
        #expect(shown.json["issuer"] == ["iss": "XX", "kid": "0102030405060708", "algorithm": "ES256"])
        #expect(shown.json["expiresAt"] == .integer(Int64(HealthCode.clock + 1000)))
        let certificate = try #require(shown.json["certificate"])
        #expect(certificate["nam"]?["fnt"] == "EXAMPLE" && certificate["v"]?.array?.first?["dn"] == 2)
    }

    @Test("that breaks off names the stage, however short it is")
    func brokenOff() throws {
        let text = try HealthCode().text(SigningKey.generate(.es256))
        var stages: Set<String> = []
        for count in 4..<text.count {
            let shown = try #require(ForeignInspection(String(text.prefix(count))))
            #expect(shown.system == "hcert" && !shown.isWhole)
            stages.insert(try #require(shown.json["brokenAt"]?.string))
        }
        #expect(stages == ["base45", "zlib"])
    }
}
