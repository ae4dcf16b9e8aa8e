import IssuerService
import Signing
import Testing

@Suite("The settings")
struct SettingsTests {
    @Test("read back as they were written")
    func roundTrip() throws {
        var settings = Settings()
        settings.issuer = "SHANGHAI"
        settings.suite = .sm2
        settings.paperLifetimeSeconds = 86_400
        #expect(try Settings(text: settings.text) == settings)
    }

    @Test("tell every mistake at once")
    func mistakes() {
        let text = "issuer: TOOLONGNAME\nsuite: rsa\nnonsense: 1\nhost: A\nhost: B\npaperLifetimeSeconds: 0\nalone"
        let refusal = #expect(throws: OperationError.self) { try Settings(text: text) }
        #expect(refusal?.code == "settings_invalid")
        for line in [1, 2, 3, 5, 6, 7] { #expect(refusal?.reason.contains("line \(line):") == true) }
        #expect(refusal?.reason.contains("line 4:") == false)
    }
}
