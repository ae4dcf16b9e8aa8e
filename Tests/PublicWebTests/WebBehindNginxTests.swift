import Glibc
import TestSupport
import Testing

@Suite("The public pages behind nginx", .enabled(if: NginxServer.isInstalled))
struct WebBehindNginxTests {
    private let installation: WebInstallation
    private let proxy: NginxServer
    private let path: String

    init() throws {
        installation = try WebInstallation()
        path = try installation.path(of: try installation.object())
        let port = try #require(installation.web).port
        proxy = try NginxServer(
            "suishen-web.conf", changes: [("server 127.0.0.1:8490;", "server 127.0.0.1:\(port);")],
            folder: ScratchFolder())
    }

    @Test("come through as they are, compressed for clients that take it")
    func whole() throws {
        let direct = try installation.get(path, ["Accept": "text/html"])
        let through = try proxy.ask(path, ["-H", "Accept: text/html"])
        #expect(through.status == 200 && through.body == direct.body)
        for name in [
            "content-security-policy", "etag", "cache-control", "link", "referrer-policy", "x-content-type-options",
        ] {
            #expect(through.fields[name] == direct.fields[name], "\(name)")
        }
        let tag = try #require(direct.fields["etag"])
        #expect(try proxy.ask(path, ["-H", "Accept: text/html", "-H", "If-None-Match: \(tag)"]).status == 304)
        let packed = try proxy.ask(
            path, ["-H", "Accept: text/html", "-H", "Accept-Encoding: gzip", "-o", "/dev/null", "-D", "-"])
        #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["vary"]?.contains("Accept") == true)
        #expect(
            try proxy.ask("/status/SH-object-lasting", ["-I"]).fields["content-type"] == "application/statuslist+cwt")
        #expect(try proxy.ask("/O/1", ["-H", "Accept: text/html"]).status == 400)
        #expect(try proxy.ask(path, ["-X", "DELETE"]).fields["allow"] == "GET, HEAD")
    }

    @Test("are protected also where nginx answers itself")
    func own() throws {
        let long = "/" + String(repeating: "a", count: 40_000)
        let large = ["-d", String(repeating: "x", count: 10_000)]
        for (path, options, status) in [(long, [], 414), (path + "/report", large, 413)] as [(String, [String], Int)] {
            let answer = try proxy.ask(path, options)
            #expect(answer.status == status && answer.fields["server"] == "nginx")
            #expect(answer.fields["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(
                answer.fields["x-content-type-options"] == "nosniff"
                    && answer.fields["referrer-policy"] == "no-referrer")
        }
        _ = try #require(installation.web).program.end(by: SIGTERM)
        let away = try proxy.ask(path)
        #expect(away.status == 502 && away.fields["content-security-policy"]?.contains("default-src 'none'") == true)
    }
}

extension NginxServer {
    fileprivate func ask(_ path: String, _ options: [String] = []) throws -> WireAnswer {
        let outcome = try Program(path: "/usr/bin/env").run(
            ["curl", "-s", "-S", "-i", "--path-as-is", "--unix-socket", socket] + options
                + ["http://\(WebInstallation.host)\(path)"])
        return try #require(WireAnswer(Array(outcome.output.utf8)), "\(outcome.diagnostics)")
    }
}
