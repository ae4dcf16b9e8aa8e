import Encoding
import Glibc
import TestSupport
import Testing

/// Sends what other pages, other names of this machine and other programs would send, over real sockets.
@Suite("What a kiosk refuses")
struct KioskSafetyTests {
    private let gate: VerifyGate
    private let kiosk: KioskProcess
    private let body: [UInt8]

    init() throws {
        gate = try VerifyGate()
        kiosk = try KioskProcess(gate.options("enterprise-inspection"), at: VerifyGate.now)
        body = Array(#"{"text":"x"}"#.utf8)
    }

    /// The own page's fields, with some of them changed; nil leaves a field out.
    private func fields(_ changes: [String: String?]) -> [String: String] {
        var fields = kiosk.ownFields
        for (name, value) in changes { fields[name] = value }
        return fields
    }

    private func check(_ answer: WireAnswer?, _ what: String) throws -> (status: Int, code: String?) {
        let answer = try #require(answer, "\(what)")
        for name in answer.fields.keys { #expect(!name.hasPrefix("access-control-"), "\(what): \(name)") }
        #expect(answer.fields["cross-origin-resource-policy"] == "same-origin", "\(what)")
        #expect(answer.fields["x-content-type-options"] == "nosniff", "\(what)")
        #expect(answer.fields["set-cookie"] == nil && answer.fields["server"] == nil, "\(what)")
        #expect(answer.fields["content-security-policy"]?.contains("frame-ancestors 'none'") == true, "\(what)")
        let json = try? JSONValue.parse(answer.body, byteCountMax: 1 << 20)
        if answer.status != 200, json != nil { #expect(json?["verdict"] == "undecided", "\(what)") }
        return (answer.status, json?["error"]?["code"]?.string)
    }

    @Test("are requests under another name, from another origin or another site")
    func foreign() throws {
        defer { gate.remove() }
        let cases: [([String: String?], Int, String?)] = [
            ([:], 200, nil),
            (["Host": "localhost:\(kiosk.port)", "Origin": "http://localhost:\(kiosk.port)"], 200, nil),
            (["Sec-Fetch-Site": nil], 200, nil),
            (["Host": "attacker.example:\(kiosk.port)"], 400, "host_unknown"),
            (["Host": "attacker.example", "Origin": "http://attacker.example"], 400, "host_unknown"),
            (["Host": "127.0.0.1"], 400, "host_unknown"),
            (["Host": "127.0.0.1.:\(kiosk.port)"], 400, "host_unknown"),
            (["Host": "127.0.0.2:\(kiosk.port)"], 400, "host_unknown"),
            (["Host": "[::1]:\(kiosk.port)"], 400, "host_unknown"),
            (["Origin": "https://attacker.example"], 403, "origin_foreign"),
            (["Origin": "null"], 403, "origin_foreign"),
            (["Origin": "http://localhost:\(kiosk.port)"], 403, "origin_foreign"),
            (["Origin": "http://127.0.0.1:\(kiosk.port ^ 1)"], 403, "origin_foreign"),
            (["Origin": "https://127.0.0.1:\(kiosk.port)"], 403, "origin_foreign"),
            (["Origin": kiosk.origin + "/"], 403, "origin_foreign"),
            (["Origin": nil], 403, "origin_foreign"),
            (["Sec-Fetch-Site": "cross-site"], 403, "origin_foreign"),
            (["Sec-Fetch-Site": "same-site"], 403, "origin_foreign"),
            (["Sec-Fetch-Site": "none"], 403, "origin_foreign"),
            (["Content-Type": "application/x-www-form-urlencoded"], 400, "form_malformed"),
            (["Content-Type": "multipart/form-data; boundary=x"], 400, "form_malformed"),
            (["Content-Type": "text/plain"], 400, "form_malformed"),
            (["Content-Type": "text/plain; application/json"], 400, "form_malformed"),
            (["Content-Type": nil], 400, "form_malformed"),
        ]
        for (changes, status, code) in cases {
            let answer = try check(kiosk.send("POST", "/scan", fields(changes), body: body), "\(changes)")
            #expect(answer == (status, code), "\(changes)")
        }
        // Nothing that was refused was decided on.
        #expect(try kiosk.state()["verdicts"]?.array?.count == 3)
    }

    @Test("are readers of the state from elsewhere, and every preflight")
    func readers() throws {
        defer { gate.remove() }
        let reading = ["Host": kiosk.host]
        for (path, site, origin, status) in [
            ("/", "none", nil, 200), ("/", "same-origin", nil, 200), ("/", nil, nil, 200),
            ("/", "cross-site", nil, 403), ("/", "same-site", nil, 403),
            ("/state", "same-origin", nil, 200), ("/state", nil, nil, 200), ("/state", "none", nil, 403),
            ("/state", "cross-site", nil, 403), ("/state", "same-site", nil, 403),
            ("/state", nil, "https://attacker.example", 403), ("/state", nil, kiosk.origin, 200),
        ] as [(String, String?, String?, Int)] {
            var fields = reading
            fields["Sec-Fetch-Site"] = site
            fields["Origin"] = origin
            let answer = try check(kiosk.send("GET", path, fields), "\(path) \(site ?? "") \(origin ?? "")")
            #expect(answer.status == status, "\(path) \(site ?? "-") \(origin ?? "-")")
        }
        for origin in ["https://attacker.example", kiosk.origin] {
            let preflight = [
                "Host": kiosk.host, "Origin": origin, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type", "Access-Control-Request-Private-Network": "true",
            ]
            let answer = try check(kiosk.send("OPTIONS", "/scan", preflight), "preflight of \(origin)")
            #expect(answer.status == (origin == kiosk.origin ? 405 : 403))
        }
    }

    @Test("are bodies that are too long or malformed, unknown paths and other methods")
    func malformed() throws {
        defer { gate.remove() }
        let many = Array(repeating: "1", count: 65).joined(separator: ",")
        let frame = #""unread":[],"isSearched":true,"film":"film0001""#
        let bodies: [(String, String, Int, String)] = [
            ("/scan", "", 400, "json_malformed"), ("/scan", "{", 400, "json_malformed"),
            ("/scan", #"{"text":1}"#, 400, "json_malformed"),
            ("/scan", #"{"text":"a","text":"b"}"#, 400, "json_malformed"),
            ("/scan", "[\"text\"]", 400, "json_malformed"), ("/scan", "{}", 400, "json_malformed"),
            ("/view", #"{"codes":[],"unread":[],"film":"film0001"}"#, 400, "json_malformed"),
            ("/view", #"{"codes":[],"unread":[],"isSearched":true}"#, 400, "json_malformed"),
            ("/view", #"{"codes":[],"unread":[],"isSearched":true,"film":"a"}"#, 400, "json_malformed"),
            ("/view", #"{"codes":[],"unread":[],"isSearched":true,"film":"film 0001"}"#, 400, "json_malformed"),
            ("/view", #"{"codes":[{"bytes":""}],\#(frame)}"#, 400, "json_malformed"),
            ("/view", #"{"codes":[{"bytes":"0"}],\#(frame)}"#, 400, "json_malformed"),
            ("/view", #"{"codes":["00"],\#(frame)}"#, 400, "json_malformed"),
            ("/photo", #"{"codes":[],"unread":[[[1,1],[2,2],[3,3]]]}"#, 400, "json_malformed"),
            ("/photo", #"{"codes":[],"unread":[[[1,1],[2,2],[3,3],[4]]]}"#, 400, "json_malformed"),
            ("/photo", #"{"codes":[],"unread":[[[1,1],[2,2],[3,3],[4,1e300]]]}"#, 400, "json_malformed"),
            ("/photo", #"{"codes":[]}"#, 400, "json_malformed"),
            ("/photo", #"{"unread":[],"codes":[\#(many)]}"#, 413, "request_too_long"),
            ("/scan", String(repeating: "a", count: 256 * 1024 + 1), 413, "request_too_long"),
            ("/scan", String(repeating: "[", count: 200_000), 400, "json_malformed"),
        ]
        for (path, body, status, code) in bodies {
            let answer = try check(kiosk.send("POST", path, fields([:]), body: Array(body.utf8)), "\(body.prefix(60))")
            #expect(answer == (status, code), "\(path) \(body.prefix(60))")
        }
        for (method, path, status, code, allow) in [
            ("POST", "/", 405, "method_not_allowed", "GET, HEAD"), ("GET", "/scan", 405, "method_not_allowed", "POST"),
            ("POST", "/state", 405, "method_not_allowed", "GET, HEAD"),
            ("DELETE", "/view", 405, "method_not_allowed", "POST"),
            ("GET", "/nothing", 404, "path_unknown", nil), ("GET", "/a/x.js", 404, "path_unknown", nil),
            ("GET", "/w/", 404, "path_unknown", nil), ("GET", "//", 404, "path_unknown", nil),
            ("GET", "/" + String(repeating: "a", count: 6200), 400, "target_malformed", nil),
        ] as [(String, String, Int, String, String?)] {
            let sent = try kiosk.send(method, path, fields([:]), body: [])
            #expect(try check(sent, path) == (status, code), "\(method) \(path.prefix(40))")
            #expect(sent?.fields["allow"] == allow, "\(method) \(path.prefix(40))")
        }
        #expect(try kiosk.scan("x") == "malformed")
    }

    @Test("are requests with two hosts, without one, or that no parser takes")
    func heads() throws {
        defer { gate.remove() }
        for head in [
            "GET /state HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET /state HTTP/1.0\r\n\r\n",
            "GET /state HTTP/1.1\r\nHost: \(kiosk.host)\r\nHost: attacker.example\r\nConnection: close\r\n\r\n",
            "GET /state HTTP/1.1\r\nHost: attacker.example\r\nHost: \(kiosk.host)\r\nConnection: close\r\n\r\n",
            "GET http://attacker.example/state HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n",
            "GARBAGE\r\n\r\n",
        ] {
            let connection = try WebConnection(port: kiosk.port)
            connection.send(Array(head.utf8))
            let answer = try check(WireAnswer(connection.readToEnd()), head)
            #expect(answer.status == 400, "\(head)")
        }
    }

    @Test("leave the page itself its camera, its sound and its own scripts alone")
    func page() throws {
        defer { gate.remove() }
        let page = try kiosk.get("/")
        #expect(page.status == 200 && page.fields["content-type"]?.hasPrefix("text/html") == true)
        #expect(page.fields["permissions-policy"]?.contains("camera=(self)") == true)
        let policy = try #require(page.fields["content-security-policy"])
        for part in [
            "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "media-src 'self' blob:",
            "form-action 'none'",
            "base-uri 'none'", "connect-src 'self'", "require-trusted-types-for 'script'",
        ] { #expect(policy.contains(part), "\(part)") }
        #expect(!policy.contains("unsafe-inline") && page.fields["cross-origin-opener-policy"] == "same-origin")
        let words = page.text.split(separator: "\"")
        let style = try #require(words.first { $0.hasPrefix("/a/") && $0.hasSuffix(".css") })
        let file = try kiosk.get(String(style))
        #expect(file.status == 200 && file.fields["cache-control"]?.contains("immutable") == true)
        #expect(try check(file, "style") == (200, nil))
    }
}
