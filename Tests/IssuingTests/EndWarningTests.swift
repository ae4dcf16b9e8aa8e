import Encoding
import IssuerTestSupport
import Issuing
import Testing

@Suite("What ends soon")
struct EndWarningTests {
    private static let made: UInt64 = 1_800_000_000
    private static let day: UInt64 = 86_400

    @Test(
        "is told 90, 30 and 7 days before the issuer key and the status key end, in health and beside the gates",
        arguments: [(91, nil), (90, "within 90 days"), (30, "within 30 days"), (7, "within 7 days"), (0, "ended at")]
            as [(UInt64, String?)])
    func keys(daysLeft: UInt64, said: String?) async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let now = Self.made + (Settings().keyLifetimeDays - daysLeft) * Self.day
        for operation in [IssuerOperation.health, .listGates] {
            let warnings = try await service.ask(operation, [:], at: now)["warnings"]?.array ?? []
            guard let said else {
                #expect(warnings.isEmpty)
                continue
            }
            #expect(Set(warnings.compactMap { $0["code"]?.string }) == ["issuer_key_ends", "status_key_ends"])
            for warning in warnings {
                #expect(warning["reason"]?.string?.contains(said) == true, "\(warning)")
                #expect(warning["hint"]?.string?.contains("suishen key rotate") == true)
            }
        }
    }

    @Test("is not told of a key that was replaced")
    func replaced() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let now = Self.made + (Settings().keyLifetimeDays - 6) * Self.day
        for role in ["issuer", "status"] { _ = try await service.ask(.rotateKey, ["role": .string(role)], at: now) }
        #expect(try await service.ask(.health, [:], at: now)["warnings"] == [])
    }
}
