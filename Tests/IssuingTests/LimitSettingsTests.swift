import Credential
import Issuing
import Platform
import Storage
import Testing

@Suite("The settings of rates, quotas and dual control")
struct LimitSettingsTests {
    private static let text = """
        roles:
          1001: [operator]
        rates:
          every: [requests=500, bundle.export=2]
          1001: [requests=50, lines=2000, code.issue=5]
        quotas:
          1001: [person=100, object=0]
          1002: []
        dualControl: [compromiseKey, exportDomainKeys]
        """

    private static func pace(_ count: UInt64) -> Pace { Pace(count, burstCount: 10 * count) }

    @Test("read back as they were written, and as they stand in no file")
    func roundTrip() throws {
        let settings = try Settings(text: Self.text)
        #expect(try Settings(text: settings.text) == settings)
        #expect(settings.dualControl == [.compromiseKey, .exportDomainKeys])
        #expect(try Settings(text: Settings().text) == Settings())
        #expect(Settings().dualControl.isEmpty && Settings().rates == RateTable() && Settings().quotas == QuotaTable())
    }

    @Test("give each user and route the lower of the number for requests and that for the operation")
    func rates() throws {
        let rates = try Settings(text: Self.text).rates
        #expect(rates.requests(to: "code.issue", of: .user(1001)) == Self.pace(5))
        #expect(rates.requests(to: "code.issue", of: .user(7)) == Self.pace(500))
        #expect(rates.requests(to: "bundle.export", of: .user(1001)) == Self.pace(2))
        #expect(rates.requests(to: nil, of: .user(1001)) == Self.pace(50))
        #expect(rates.lines(of: .user(1001)) == Self.pace(2000) && rates.lines(of: .user(7)) == Self.pace(100_000))
        let none = RateTable()
        #expect(none.requests(to: "code.issue", of: .user(7)) == Self.pace(20_000))
        #expect(none.requests(to: "bundle.export", of: .user(7)) == Self.pace(10))
    }

    @Test("limit the named forms of the named users alone")
    func quotas() throws {
        let quotas = try Settings(text: Self.text).quotas
        #expect(quotas.countMax(of: .user(1001), .person) == 100 && quotas.countMax(of: .user(1001), .object) == 0)
        #expect(
            quotas.countMax(of: .user(1001), .enterprise) == nil && quotas.countMax(of: .user(1002), .person) == nil)
        #expect(quotas.countMax(of: .user(7), .person) == nil)
    }

    @Test(
        "refuse what is out of range, unknown, or named twice",
        arguments: [
            "rates:\n  1001: [requests=0]", "rates:\n  1001: [requests=1000001]", "rates:\n  1001: [lines=999]",
            "rates:\n  1001: [requests=5, requests=6]", "rates:\n  1001: [nonsense=5]", "rates:\n  1001: [requests]",
            "rates:\n  1001: [requests=05]", "rates:\n  nobody: [requests=5]", "rates:\n  1001: requests=5",
            "rates:\n  1: [requests=5]\n  1: [requests=6]", "rates:\n  every: [lines=1000]\n  every: [lines=1001]",
            "rates: 5", "quotas:\n  1001: [city=5]", "quotas:\n  every: [person=5]", "quotas:\n  1001: [person=-1]",
            "quotas:\n  1001: [person=5, person=6]", "quotas:\n  1: [person=5]\n  1: [person=6]", "quotas: [person=5]",
            "roles:\n  1: [operator]\ndualControl: [compromiseKey, compromiseKey]",
            "roles:\n  1: [operator]\ndualControl: [everything]", "roles:\n  1: [operator]\ndualControl: compromiseKey",
        ])
    func wrong(text: String) {
        let refusal = #expect(throws: OperationError.self) { try Settings(text: text) }
        #expect(refusal?.code == "settings_invalid")
    }

    @Test("refuse dual control where there is one operator alone, who could never be confirmed")
    func oneOperator() {
        for text in ["dualControl: [compromiseKey]", "roles:\n  1: [auditor]\ndualControl: [publishRoot]"] {
            let refusal = #expect(throws: OperationError.self) { try Settings(text: text) }
            #expect(refusal?.reason.contains("operator") == true)
        }
    }
}
