import Credential
import Issuing
import Signing
import Storage
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
        let inspector = settings.roles.grants(of: .user(1001), owner: 7)
        #expect(inspector.roles == [.issuer(.object), .inspector])
        #expect(throws: Never.self) { try inspector.requireActor("91350100M000100Y43") }
        #expect(throws: OperationError.self) { try inspector.requireActor("91310000MA1FL0000X") }
        #expect(
            settings.roles.grants(of: .user(1002), owner: 7).roles
                == [.issuer(.person), .issuer(.enterprise), .issuer(.object), .auditor])
        #expect(settings.roles.grants(of: .user(7), owner: 7) == .everything)
        #expect(settings.roles.grants(of: .user(0), owner: 0) == .none)
        #expect(settings.roles.grants(of: .user(1003), owner: 7) == .none)
        #expect(try Settings(text: settings.text) == settings)
    }

    @Test("give roles, rates and quotas to callers on other machines by name, and none to a user of that spelling")
    func names() throws {
        let text = """
            roles:
              desk3.office.example: [issuer:object]
              1001: [auditor]
            rates:
              desk3.office.example: [requests=3]
            quotas:
              desk3.office.example: [object=5]
            """
        let settings = try Settings(text: text)
        let desk = try #require(CallerIdentity("desk3.office.example"))
        #expect(settings.roles.grants(of: desk, owner: 1001).roles == [.issuer(.object)])
        #expect(settings.roles.grants(of: .user(1001), owner: 7).roles == [.auditor])
        let other = try #require(CallerIdentity("desk4.office.example"))
        #expect(settings.roles.grants(of: other, owner: 0) == .none)
        #expect(settings.rates.requests(to: nil, of: desk) != settings.rates.requests(to: nil, of: other))
        #expect(settings.quotas.countMax(of: desk, .object) == 5 && settings.quotas.countMax(of: other, .object) == nil)
        #expect(try Settings(text: settings.text) == settings)
    }

    @Test("say where callers on other machines connect")
    func listen() throws {
        let text = """
            listen:
              address: 0.0.0.0:8443
              certificate: /etc/suishen/tls/daemon.pem
              privateKey: credential:tls-key
              clientAuthority: /etc/suishen/tls/callers.pem
            """
        let settings = try Settings(text: text)
        let listener = try #require(settings.listen.listener)
        #expect(listener.address == "0.0.0.0:8443" && listener.privateKey == .credential("tls-key"))
        #expect(listener.certificate == .file("/etc/suishen/tls/daemon.pem"))
        #expect(try listener.privateKey.path(credentialFolder: "/run/c") == "/run/c/tls-key")
        #expect(throws: OperationError.self) { try listener.privateKey.path(credentialFolder: nil) }
        #expect(try Settings(text: settings.text) == settings)
        #expect(Settings().listen.listener == nil && Settings().text.contains("\nlisten: none\n"))
        let lines = text.split(separator: "\n").dropFirst()
        for line in lines {
            let fewer = "listen:\n" + lines.filter { $0 != line }.joined(separator: "\n")
            let refusal = #expect(throws: OperationError.self, "\(line)") { try Settings(text: fewer) }
            #expect(refusal?.reason.contains("`listen` also needs") == true)
            let twice = text + "\n" + line
            #expect(throws: OperationError.self, "\(line)") { try Settings(text: twice) }
        }
    }

    @Test(
        "refuse a role that there is not, or that is not where roles stand",
        arguments: [
            "roles:\n  1001: [king]", "roles:\n  1001: [inspector]", "roles:\n  1001: [inspector:123]",
            "roles:\n  1001: auditor", "roles:\n  nobody: [auditor]", "roles:\n  1: [auditor]\n  1: [operator]",
            "roles: [auditor]", "issuer: SH\n  1001: [auditor]", "roles: {}\n  1001: [auditor]", "socketMode: 0777",
            "roles:\n  desk: [auditor]", "roles:\n  Desk.office.example: [auditor]", "roles:\n  desk.1: [auditor]",
            "roles:\n  -desk.example: [auditor]", "roles:\n  a.example: [auditor]\n  a.example: [operator]",
            "quotas:\n  every.: [object=1]", "a.b: 1", "listen: 0.0.0.0:8443", "listen:\n  address: [::]:8443",
            "listen:\n  port: 8443", "listen:\n  certificate: daemon.pem", "listen:\n  privateKey: credential:../key",
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
