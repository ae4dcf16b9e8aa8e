import Encoding
import Glibc
import TestSupport
import Testing

@Suite("The process of the public pages")
struct WebServiceTests {
    private static let form = ["Content-Type": "application/x-www-form-urlencoded"]

    @Test("says where it serves, counts what it answers on another port, and ends with status 0")
    func life() throws {
        let installation = try WebInstallation(options: ["--metrics", "127.0.0.1:0"])
        let web = try #require(installation.web)
        #expect(web.ready.hasPrefix("suishen-web: ready on 127.0.0.1:\(web.port), metrics on 127.0.0.1:"))
        _ = try web.get("/nothing")
        let port = try #require(web.ready.split(separator: ":").last.flatMap { UInt16($0) })
        let connection = try WebConnection(port: port)
        connection.send(Array("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
        let counts = String(decoding: connection.readToEnd(), as: UTF8.self)
        #expect(counts.contains("suishen_web_requests_total{route=\"other\",status=\"404\"} 1\n"))
        #expect(try web.get("/metrics").status == 404)
        #expect(web.program.end(by: SIGTERM) == 0)
        #expect(try web.program.diagnostics() == "")
        #expect(throws: MissingFile.self) { try WebConnection(port: web.port) }
    }

    @Test("says once why it cannot use the tree, and once that it can again")
    func tree() throws {
        let installation = try WebInstallation()
        let path = try installation.path(of: try installation.object())
        let (tree, away) = (installation.folder("tree"), installation.folder("away"))
        try #require(unsafe rename(tree, away) == 0)
        let web = try installation.start()
        for _ in 0..<3 {
            #expect(try web.get(path).text.contains("bundle_unreadable"))
            usleep(1_100_000)
        }
        let said = try web.program.diagnostics()
        #expect(said.hasPrefix("suishen-web: warning: the tree cannot be used: "), "\(said)")
        #expect(said.contains("[bundle_unreadable]"), "\(said)")
        #expect(said.split(separator: "\n").count == 1, "\(said)")
        try #require(unsafe rename(away, tree) == 0)
        usleep(1_100_000)
        #expect(try web.get(path).status == 200)
        let after = try web.program.diagnostics()
        #expect(after == said + "suishen-web: the tree can be used again\n", "\(after)")
    }

    @Test(
        "refuses addresses that others could reach, and hosts that are none",
        arguments: [
            (["--listen", "0.0.0.0:0", "--host", "a.test"], "address_invalid"),
            (["--listen", "127.0.0.1", "--host", "a.test"], "address_invalid"),
            (["--listen", "[::]:0", "--host", "a.test"], "address_invalid"),
            (["--listen", "127.0.0.1:0", "--host", "a.test/"], "host_invalid"),
            (["--listen", "127.0.0.1:0", "--host", "a.test", "--wallet-host", "A.TEST"], "host_invalid"),
            (["--listen", "127.0.0.1:0", "--host", "a.test", "--module", "/nowhere"], "input_unreadable"),
        ])
    func refused(words: [String], code: String) throws {
        let outcome = try Program("suishen-web").run(["serve", "--socket", "/nowhere", "--tree", "/nowhere"] + words)
        #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.diagnostics.contains("[\(code)]") && outcome.diagnostics.contains("suishen-web: hint: "))
    }

    @Test("cuts off a client whose head drips, and serves the others meanwhile")
    func slow() throws {
        let installation = try WebInstallation()
        let web = try #require(installation.web)
        let slow = try (0..<20).map { _ in try WebConnection(port: web.port) }
        for connection in slow { connection.send(Array("GET / HTTP/1.1\r\nHost: code.test\r\nX-A: ".utf8)) }
        var open = slow.indices.count
        for _ in 0..<120 where open > 0 {
            #expect(try web.get("/healthz").status == 200)
            open = slow.count { $0.send([UInt8(ascii: "a")]) }
            usleep(250_000)
        }
        #expect(open == 0)
    }

    @Test("takes more connections than it keeps, and still answers")
    func many() throws {
        let installation = try WebInstallation()
        let web = try #require(installation.web)
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        try #require(unsafe getrlimit(resource, &limit) == 0)
        limit.rlim_cur = min(limit.rlim_max, 4096)
        try #require(unsafe setrlimit(resource, &limit) == 0)
        var idle: [WebConnection] = []
        for _ in 0..<1100 { idle.append(try WebConnection(port: web.port)) }
        #expect(try web.get("/healthz").status == 200)
        withExtendedLifetime(idle) {}
    }

    @Test("keeps reports of faults in the outbox, without a word about who sent them")
    func reports() throws {
        let installation = try WebInstallation()
        let outbox = installation.folder("outbox")
        let web = try installation.start(["--outbox", outbox])
        let object = try installation.object()
        let path = try installation.path(of: object)
        let page = try web.get(path, ["Accept": "text/html", "Accept-Language": "en"]).text
        #expect(page.contains("Report a fault"))
        let form = try web.get(path + "/report?lang=en")
        #expect(form.status == 200 && form.text.contains("<option value=\"unsafe\">"))
        #expect(form.fields["content-security-policy"]?.contains("form-action 'self'") == true)
        let sent = try web.get(
            path + "/report?lang=en", Self.form, method: "POST", body: "kind=unsafe&text=%E9%97%A8+%22")
        #expect(sent.status == 200 && sent.text.contains("Received, thank you."))
        let line = try JSONValue.parse(ProjectFiles.bytes(outbox).dropLast(), byteCountMax: 1 << 16)
        #expect(line["object"]?.string == object && line["manager"]?.string == WebInstallation.uscc)
        #expect(line["kind"] == "unsafe" && line["text"] == "门 \"")
        #expect(line.object?.members.map(\.key) == ["object", "manager", "kind", "text", "at"])
        for (body, fields, status) in [
            ("kind=nothing", Self.form, 400), ("text=a", Self.form, 400), ("kind=other", [:], 400),
            ("kind=other&text=" + String(repeating: "a", count: 501), Self.form, 400),
            ("kind=other&text=%00", Self.form, 400), ("kind=other&kind=other", Self.form, 400),
            ("kind=other&text=" + String(repeating: "a", count: 9000), Self.form, 413),
        ] as [(String, [String: String], Int)] {
            let answer = try web.get(path + "/report", fields, method: "POST", body: body)
            #expect(answer.status == status, "\(body.prefix(30)): \(answer.status)")
        }
        for _ in 0..<9 {
            #expect(try web.get(path + "/report", Self.form, method: "POST", body: "kind=other").status == 200)
        }
        #expect(try web.get(path + "/report", Self.form, method: "POST", body: "kind=other").status == 429)
        #expect(try ProjectFiles.bytes(outbox).split(separator: 0x0A).count == 10)
        #expect(try web.get(path + "/report", method: "PUT").fields["allow"] == "GET, HEAD, POST")
    }
}
