import Encoding
import Foundation
import IssuerTestSupport
import Issuing
import Testing

@Suite("A revocation")
struct RevocationTests {
    private static let person: JSONValue = ["residentId": "11010519491231002X"]
    private let installation: Installation
    private let service: IssuingService

    init() throws {
        installation = try Installation()
        service = try installation.open()
    }

    private func lines(about subject: String) async throws -> [JSONValue] {
        let lines = try await service.ask(.readAudit, ["subject": .string(subject)])["lines"]?.array
        // The read itself has a line too.
        return try #require(lines).filter { $0["action"] != "audit.read" }
    }

    @Test("is found in the audit trail however its target was typed")
    func letterCase() async throws {
        let subject = try #require(try await service.ask(.registerPerson, Self.person)["subject"]?.string)
        let code = try await service.ask(.issue, ["subject": .string(subject), "kind": "paper"])
        let cti = try #require(code["cti"]?.string)
        for target in [cti, subject] {
            let answer = try await service.ask(.revoke, ["target": .string(target.uppercased())])
            #expect(answer["target"] == .string(target))
            for typed in [target, target.uppercased()] {
                #expect(try await lines(about: typed).last?["action"] == "code.revoke", "\(typed)")
            }
        }
        let enterprise: JSONValue = ["uscc": "91350100M000100Y43", "name": "示例"]
        _ = try await service.ask(.registerEnterprise, enterprise)
        _ = try await service.ask(.revoke, ["target": "91350100m000100y43"])
        #expect(try await lines(about: "91350100M000100Y43").last?["action"] == "code.revoke")
    }

    @Test("keeps its reason sealed, and tells it with the code")
    func reason() async throws {
        let subject = try #require(try await service.ask(.registerPerson, Self.person)["subject"])
        for _ in 0..<2 { _ = try await service.ask(.issue, ["subject": subject, "kind": "paper"]) }
        let reason = "the phone of 11010519491231002X was stolen"
        #expect(try await service.ask(.revoke, ["target": subject, "reason": .string(reason)])["revoked"] == 2)
        _ = try await service.ask(.issue, ["subject": subject, "kind": "paper"])
        let codes = try #require(try await service.ask(.codeHistory, ["subject": subject])["codes"]?.array)
        let reasons = codes.map { $0["revocationReason"]?.string }
        #expect(reasons.count == 3 && reasons.count { $0 == reason } == 2 && reasons.contains(nil))
        #expect(Data(try installation.registryBytes()).range(of: Data("11010519491231002X".utf8)) == nil)
    }
}
