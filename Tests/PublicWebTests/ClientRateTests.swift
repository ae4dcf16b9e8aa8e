import Encoding
import Glibc
import TestSupport
import Testing

@testable import PublicWeb

@Suite("The rates of the public pages")
struct ClientRateTests {
    private static let wallet = "wallet.test"
    private static let phone = ["Content-Type": "application/json"]

    private static func address(_ text: String) -> [String: String] { ["X-Real-IP": text] }

    @Test(
        "count a /24 and a /56 as one client",
        arguments: [
            ("192.0.2.1", "192.0.2.254", true), ("192.0.2.1", "192.0.3.1", false), ("192.0.2.1", "198.0.2.1", false),
            ("2001:db8:0:100::1", "2001:db8:0:1ff:ffff::2", true), ("2001:db8:0:100::1", "2001:db8:0:200::1", false),
            ("::ffff:192.0.2.9", "192.0.2.1", true), ("::ffff:192.0.3.9", "192.0.2.1", false),
            ("::1", "0:0:0:0:0:0:0:2", true),
        ])
    func prefixes(first: String, second: String, isOne: Bool) throws {
        let prefixes = (try #require(ClientPrefix(first)), try #require(ClientPrefix(second)))
        #expect((prefixes.0 == prefixes.1) == isOne)
    }

    @Test(
        "take nothing else for an address",
        arguments: ["", "unix:", "192.0.2", "192.0.2.1, 192.0.2.2", "192.0.2.1:80", "::1%lo", "localhost", "1.2.3.4\n"])
    func noAddress(text: String) { #expect(ClientPrefix(text) == nil) }

    @Test("refuse a network's requests beyond its burst, and no other network's; what comes from this machine is free")
    func pages() throws {
        let installation = try WebInstallation(options: ["--rate", "1"])
        let web = try #require(installation.web)
        let path = try installation.path(of: try installation.object())
        let statuses = try (0..<40).map { number in
            try web.get(path, Self.address("192.0.2.\(number)")).status
        }
        #expect(statuses.prefix(10).allSatisfy { $0 == 200 } && statuses.contains(429), "\(statuses)")
        func refusal(_ fields: [String: String]) throws -> WireAnswer {
            var answer = try web.get(path, fields)
            for _ in 0..<30 where answer.status != 429 { answer = try web.get(path, fields) }
            return answer
        }
        let refused = try refusal(Self.address("192.0.2.77"))
        #expect(refused.status == 429 && refused.text.contains("\"rate_exceeded\""))
        #expect(refused.fields["retry-after"] != nil && refused.fields["content-security-policy"] != nil)
        #expect(!refused.text.contains("192.0.2"))
        let page = try refusal(["X-Real-IP": "192.0.2.78", "Accept": "text/html"])
        #expect(page.status == 429 && page.text.contains("<html") && page.text.contains("rate_exceeded"))
        #expect(try web.get(path, Self.address("192.0.3.1")).status == 200)
        #expect(try web.get(path, Self.address("2001:db8::1")).status == 200)
        for _ in 0..<40 { #expect(try web.get(path).status == 200) }
        usleep(1_400_000)
        #expect(try web.get(path, Self.address("192.0.2.1")).status == 200)
    }

    @Test("count phones' requests apart, and answer them as OAuth does")
    func phones() throws {
        let installation = try WebInstallation()
        let web = try installation.start(["--wallet-host", Self.wallet, "--phone-rate", "1"])
        func ask(_ address: String) throws -> WireAnswer {
            try web.get(
                "/vci/nonce", ["X-Real-IP": address, "Content-Type": "application/json"], method: "POST", body: "{}",
                host: Self.wallet)
        }
        let answers = try (0..<30).map { try ask("192.0.2.\($0)") }
        #expect(answers.prefix(10).allSatisfy { $0.status == 200 }, "\(answers.map(\.status))")
        let refused = try #require(answers.first { $0.status == 429 })
        let body = try JSONValue.parse(Array(refused.text.utf8), byteCountMax: 9999)
        #expect(body["error"] == "temporarily_unavailable" && body["code"] == "rate_exceeded")
        #expect(try ask("198.51.100.1").status == 200)
        #expect(try web.get("/w/", Self.address("192.0.2.1"), host: Self.wallet).status != 429)
    }

    @Test(
        "take the address from nginx alone, whatever the client says, and nothing writes it down",
        .enabled(if: NginxServer.isInstalled))
    func behindProxy() throws {
        let installation = try WebInstallation(options: ["--rate", "1"])
        let port = try #require(installation.web).port
        func proxy(_ more: String) throws -> NginxServer {
            try NginxServer(
                "suishen-web.conf",
                changes: [
                    ("server 127.0.0.1:8490;", "server 127.0.0.1:\(port);"),
                    ("server_tokens off;", "server_tokens off; \(more)"),
                ], folder: ScratchFolder())
        }
        func ask(_ proxy: NginxServer, _ field: String) throws -> String {
            try Program(path: "/usr/bin/env").run([
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", proxy.socket, "-H", field,
                "http://\(WebInstallation.host)/healthz",
            ]).output
        }
        // A client behind a UNIX socket has no address, so what it claims is all that could be counted.
        let plain = try proxy("")
        for _ in 0..<20 { #expect(try ask(plain, "X-Real-IP: 192.0.2.1") == "200") }
        // nginx finds the client's address, as it does on a port.
        let named = try proxy("set_real_ip_from unix:; real_ip_header X-Test-Client;")
        let statuses = try (0..<40).map { try ask(named, "X-Test-Client: 203.0.113.\($0)") }
        #expect(statuses.prefix(10).allSatisfy { $0 == "200" } && statuses.contains("429"), "\(statuses)")
        #expect(try ask(named, "X-Test-Client: 203.0.114.1") == "200")
        #expect(!named.log.contains("rate_exceeded"))
    }
}
