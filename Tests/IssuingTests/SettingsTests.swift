import Credential
import Issuing
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
        settings.socket.mode = 0o660
        settings.socket.group = 1001
        settings.publish = "/srv/gates"
        #expect(try Settings(text: settings.text) == settings)
    }

    @Test("give roles to users by number, and nothing to anybody else")
    func roles() throws {
        let text = """
            issuer: SH
            roles:
              1001: [issuer:object, inspector:91350100M000100Y43]
              # a comment between them
              1002: [issuer, auditor]
              0: []
            host: CODE.EXAMPLE
            """
        let settings = try Settings(text: text)
        #expect(settings.host == "CODE.EXAMPLE")
        let inspector = settings.roles.grants(of: 1001, owner: 7)
        #expect(inspector.roles == [.issuer(.object), .inspector])
        #expect(throws: Never.self) { try inspector.requireActor("91350100M000100Y43") }
        #expect(throws: OperationError.self) { try inspector.requireActor("91310000MA1FL0000X") }
        #expect(
            settings.roles.grants(of: 1002, owner: 7).roles
                == [.issuer(.person), .issuer(.enterprise), .issuer(.object), .auditor])
        #expect(settings.roles.grants(of: 7, owner: 7) == .everything)
        #expect(settings.roles.grants(of: 0, owner: 0) == .none)
        #expect(settings.roles.grants(of: 1003, owner: 7) == .none)
        #expect(try Settings(text: settings.text) == settings)
    }

    @Test(
        "refuse a role that there is not, or that is not where roles stand",
        arguments: [
            "roles:\n  1001: [king]", "roles:\n  1001: [inspector]", "roles:\n  1001: [inspector:123]",
            "roles:\n  1001: auditor", "roles:\n  nobody: [auditor]", "roles:\n  1: [auditor]\n  1: [operator]",
            "roles: [auditor]", "issuer: SH\n  1001: [auditor]", "roles: {}\n  1001: [auditor]", "socketMode: 0777",
            "socketMode: 660x", "socketGroup: staff", "publish: gates", "publish: /srv/gates/", "publish: ",
        ])
    func wrongRoles(text: String) {
        let refusal = #expect(throws: OperationError.self) { try Settings(text: text) }
        #expect(refusal?.code == "settings_invalid")
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
