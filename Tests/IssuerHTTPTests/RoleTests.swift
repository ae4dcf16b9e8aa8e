import Credential
import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Storage
import TestSupport
import Testing

@Suite(
    "Who may ask a daemon", .serialized,
    .enabled(if: getuid() == 0, "who connects is tried as other users, which only root can become"))
struct RoleTests {
    private static let object = #"{"kind": "object", "manager": "91350100M000100Y43", "category": "park"}"#
    private static let person = #"{"residentId": "11010519491231002X"}"#

    @Test("is for the settings to say: nobody without a role gets anything from any route")
    func nobody() throws {
        let daemon = try HTTPDaemon.open("roles:\n  40001: [auditor]")
        for route in Route.table {
            for body in [["-d", Self.person], []] {
                let answer = try daemon.ask(body + ["http://d\(route.pattern.text)"], as: 40002)
                #expect(answer.contains("\"not_permitted\"") && answer.hasSuffix("\n403"))
            }
        }
        #expect(try daemon.ask(["http://d/v1/audit"], as: 40001).hasSuffix("\n200"))
        #expect(try daemon.curl(["http://d/v1/health"]).output.hasSuffix("\n200"))
    }

    @Test("is told apart for the public pages: they read what they show, and every other route refuses them")
    func publicPages() throws {
        let daemon = try HTTPDaemon.open("roles:\n  40001: [public]")
        let shown: Set = [
            "/v1/status-lists", "/v1/status-lists/{list}", "/v1/objects/{object}/history",
            "/v1/subjects/{subject}/card",
            "/v1/log", "/log/{path*}", "/acts/{path*}", "/v1/health",
        ]
        for route in Route.table {
            let body = route.method == .post ? ["-d", Self.person] : []
            let answer = try daemon.ask(body + ["http://d\(route.pattern.text)"], as: 40001)
            let isRefused = answer.contains("\"not_permitted\"") && answer.hasSuffix("\n403")
            #expect(isRefused != shown.contains(route.pattern.text), "\(route.pattern.text): \(answer)")
        }
        let subject = try daemon.curl(["-d", Self.object, "http://d/v1/objects"]).output.split(separator: "\"")[3]
        let person = try daemon.curl(["-d", Self.person, "http://d/v1/persons"]).output.split(separator: "\"")[3]
        let card = try daemon.ask(["http://d/v1/subjects/\(subject)/card"], as: 40001)
        #expect(card.contains("\"category\":\"park\"") && card.hasSuffix("\n200"))
        // A person is not told apart from a subject that nobody registered.
        let hidden = try daemon.ask(["http://d/v1/subjects/\(person)/card"], as: 40001)
        let unknown = try daemon.ask(
            ["http://d/v1/subjects/\(String(repeating: "0", count: 32))/card"], as: 40001)
        #expect(hidden == unknown && hidden.hasSuffix("\n404"))
        let history = try daemon.ask(["http://d/v1/objects/\(subject)/history"], as: 40001)
        #expect(history.hasSuffix("\n200"))
    }

    @Test("is told apart by form: one registers and issues objects and no person")
    func forms() throws {
        let daemon = try HTTPDaemon.open("roles:\n  40001: [issuer:object]\n  40002: [operator]")
        let answer = try daemon.ask(["-d", Self.object, "http://d/v1/objects"], as: 40001)
        let subject = try #require(answer.split(separator: "\"").dropFirst(3).first)
        #expect(answer.hasSuffix("\n200"))
        let code = "{\"subject\": \"\(subject)\"}"
        #expect(try daemon.ask(["-d", code, "http://d/v1/codes"], as: 40001).hasSuffix("\n200"))
        let known = try daemon.curl(["-d", Self.person, "http://d/v1/persons"]).output.split(separator: "\"")[3]
        let refused = [
            (40001, Self.person, "persons"), (40001, "{\"subject\": \"\(known)\"}", "codes"),
            (40001, "{\"subject\": \"91350100M000100Y43\"}", "codes"),
            (40001, "{\"target\": \"\(subject)\"}", "revocations"), (40001, "{}", "bundle"),
            (40002, code, "codes"), (40002, Self.object, "objects"),
        ]
        for (uid, body, path) in refused {
            let answer = try daemon.ask(["-d", body, "http://d/v1/\(path)"], as: uid)
            #expect(answer.contains("\"not_permitted\"") && answer.hasSuffix("\n403"), "\(uid) \(path) \(answer)")
        }
        let revocation = ["-d", "{\"target\": \"\(subject)\"}", "http://d/v1/revocations"]
        #expect(try daemon.ask(revocation, as: 40002).hasSuffix("\n200"))
        let lines = try daemon.ask(
            [
                "-H", "Content-Type: application/x-ndjson", "--data-binary", "\(code)\n{\"subject\": \"\(known)\"}\n",
                "http://d/v1/codes",
            ], as: 40001
        ).split(separator: "\n")
        #expect(lines.count == 3 && lines[0].contains("\"text\"") && lines[1].contains("\"not_permitted\""))
    }

    @Test("reaches a socket whose mode or group lets them connect, and no other")
    func modes() throws {
        let installation = try Installation()
        var settings = try Settings(text: "roles:\n  40001: [auditor]")
        settings.socket.mode = 0o660
        settings.socket.group = 40100
        try installation.write(settings)
        for path in [installation.folder.path, installation.state.path, installation.state.path + "/run"] {
            unsafe chmod(path, 0o755)
        }
        let daemon = try HTTPDaemon(installation)
        func health(group: String) throws -> String {
            try daemon.curl(
                ["http://d/v1/health"], as: ["setpriv", "--reuid", "40001", "--regid", group, "--clear-groups"],
                mayBeShutOut: true
            ).output
        }
        #expect(try health(group: "40100").hasSuffix("\n200"))
        #expect(try health(group: "40101").hasSuffix("\n000"))
    }
}
