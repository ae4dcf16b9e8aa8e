import Glibc
import TestSupport
import Testing

@Suite("The header fields and hosts of the public pages")
struct WebHeaderTests {
    private static let html = ["Accept": "text/html"]
    private let installation: WebInstallation
    private let path: String

    init() throws {
        installation = try WebInstallation()
        path = try installation.path(of: try installation.object())
    }

    private func check(_ answer: WireAnswer, _ what: String) {
        let policy = answer.fields["content-security-policy"] ?? ""
        #expect(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(what): \(policy)")
        #expect(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "\(what)")
        #expect(answer.fields["x-content-type-options"] == "nosniff", "\(what)")
        #expect(answer.fields["referrer-policy"] == "no-referrer", "\(what)")
        #expect(answer.fields["origin-agent-cluster"] == "?1", "\(what)")
        #expect(answer.fields["permissions-policy"]?.contains("camera=()") == true, "\(what)")
        #expect(answer.fields["set-cookie"] == nil && answer.fields["server"] == nil, "\(what)")
    }

    @Test("are on every answer, whatever its status")
    func everywhere() throws {
        let web = try #require(installation.web)
        for (path, method, status) in [
            (path, "GET", 200), ("/nothing", "GET", 404), ("/O/1", "GET", 400), (path, "DELETE", 405),
            (path, "POST", 405), ("/log/checkpoint", "PUT", 405), ("/a/x", "GET", 404), ("/", "GET", 404),
            ("/status/x", "GET", 404), ("/healthz", "GET", 200), (path + "/report", "GET", 404),
            ("/%zz?a=%zz", "GET", 400),
            ("/" + String(repeating: "a", count: 7000), "GET", 400), (path, "OPTIONS", 405),
        ] {
            for accept in [Self.html, [:]] {
                let answer = try web.get(path, accept, method: method)
                #expect(answer.status == status, "\(method) \(path.prefix(40)): \(answer.status)")
                check(answer, "\(method) \(path.prefix(40))")
                if status == 405 { #expect(answer.fields["allow"] == "GET, HEAD") }
            }
        }
        for raw in ["GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"] {
            let answer = try web.raw(raw)
            #expect(answer.status == 400 || answer.status == 505, "\(raw)")
            check(answer, raw)
        }
        let large = "GET / HTTP/1.1\r\nHost: code.test\r\nX: \(String(repeating: "x", count: 9000))\r\n\r\n"
        let many = "GET / HTTP/1.1\r\n" + (0..<60).map { "X-\($0): 1\r\n" }.joined() + "\r\n"
        for raw in [large, many] {
            let answer = try web.raw(raw)
            #expect((400..<500).contains(answer.status))
            check(answer, "\(raw.prefix(30))")
        }
    }

    @Test("are on the answers of a service whose daemon is away, or whose log is damaged")
    func faults() throws {
        let object = try installation.object()
        let path = try installation.path(of: object)
        for step in ["commissioning", "inspecting"] { try installation.append(object, step) }
        _ = try installation.eventually(path + "/proof/1") { $0.status == 200 }
        let tile = installation.folder("state/log/tile/0/000.p/2")
        var bytes = try ProjectFiles.bytes(tile)
        bytes[0] ^= 1
        unsafe unlink(tile)
        try installation.folder.write(bytes, to: "state/log/tile/0/000.p/2")
        let web = try installation.start(["--log", installation.folder("state/log")])
        let damaged = try web.get(path + "/proof/1", Self.html)
        #expect(damaged.status == 500 && damaged.text.contains("公开日志有损坏"))
        check(damaged, "500 as a page")
        let data = try web.get(path + "/proof/1")
        #expect(data.status == 500 && data.text.contains("log_damaged"))
        check(data, "500 as JSON")
        unsafe unlink(tile)
        let cut = try web.get(path + "/proof/1")
        #expect(cut.status == 500 && cut.text.contains("log_damaged"))
        installation.stopDaemon()
        let away = try installation.eventually(path, Self.html) { $0.status == 503 }
        #expect(away.status == 503)
        check(away, "503 as a page")
        check(try installation.get(path + "/events"), "503 as JSON")
    }

    @Test("isolate codes' pages where there is one host, and leave that to the browser where there are two")
    func hosts() throws {
        let alone = try installation.get(path, Self.html)
        #expect(alone.fields["content-security-policy"]?.contains("; sandbox allow-scripts ") == true)
        #expect(alone.fields["content-security-policy"]?.contains("allow-same-origin") == false)
        #expect(alone.fields["cross-origin-opener-policy"] == nil)
        let two = try installation.start(["--wallet-host", "wallet.test"])
        let answer = try two.get(path, Self.html)
        #expect(answer.status == 200 && answer.fields["content-security-policy"]?.contains("sandbox") == false)
        #expect(answer.fields["cross-origin-opener-policy"] == "same-origin")
        for (host, status) in [
            ("wallet.test", 404), ("CODE.TEST", 200), ("code.test:8443", 200), ("other.test", 400), ("", 400),
        ] {
            let answer = try two.get(path, Self.html, host: host)
            #expect(answer.status == status, "\(host): \(answer.status)")
            check(answer, host)
        }
        let place = try installation.path(of: try installation.object("place", category: "park"))
        #expect(try two.get(place, Self.html).text.contains("href=\"https://wallet.test/w/#in=\(place.dropFirst(3))\""))
    }

    @Test("promise TLS only where the request came over it")
    func transport() throws {
        #expect(try installation.get(path).fields["strict-transport-security"] == nil)
        let secure = try installation.get(path, ["X-Forwarded-Proto": "https"])
        #expect(secure.fields["strict-transport-security"] == "max-age=31536000")
    }
}
