import Encoding
import TestSupport
import Testing

@Suite("The wallet's host")
struct WalletRouteTests {
    private static let wallet = "wallet.test"
    private static let json = ["Content-Type": "application/json"]
    private let installation: WebInstallation
    private let web: WebProcess

    init() throws {
        installation = try WebInstallation()
        // The bytes of an empty module; no browser runs it here.
        try installation.folder.write([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0], to: "wallet.wasm", mode: 0o600)
        web = try installation.start([
            "--wallet-host", Self.wallet, "--wallet-module", installation.folder("wallet.wasm"),
        ])
    }

    private func body(_ answer: WireAnswer) throws -> JSONValue {
        try JSONValue.parse(Array(answer.text.utf8), byteCountMax: 1 << 16)
    }

    @Test("has the page, its worker and its manifest, and every file that they name")
    func shell() throws {
        let page = try web.get("/w/", host: Self.wallet)
        #expect(page.status == 200 && page.text.contains("data-module=\"/a/"))
        let policy = page.fields["content-security-policy"] ?? ""
        for part in ["default-src 'none'", "require-trusted-types-for 'script'", "frame-ancestors 'none'"] {
            #expect(policy.contains(part))
        }
        #expect(!policy.contains("unsafe-inline") && page.fields["access-control-allow-origin"] == nil)
        let worker = try web.get("/w/sw.js", host: Self.wallet)
        #expect(worker.status == 200 && worker.fields["content-type"]?.hasPrefix("text/javascript") == true)
        let line = try #require(worker.text.split(separator: "\n").first)
        let list = try JSONValue.parse(
            Array(line.dropFirst("const shell = ".count).dropLast().utf8), byteCountMax: 1 << 16)
        let paths = try #require(list["paths"]?.array).compactMap(\.string)
        #expect(paths.count > 30 && page.text.contains("data-version=\"\(list["version"]?.string ?? "-")\""))
        for path in paths { #expect(try web.get(path, host: Self.wallet).status == 200, "\(path)") }
        let manifest = try body(try web.get("/w/manifest.webmanifest", host: Self.wallet))
        #expect(manifest["start_url"]?.string == "/w/" && manifest["icons"]?.array?.count == 2)
        for path in ["/", "/w"] {
            let answer = try web.get(path, host: Self.wallet)
            #expect(answer.status == 308 && answer.fields["location"] == "/w/")
        }
    }

    @Test("has no page without the module, and none on the codes' host")
    func absence() throws {
        let without = try installation.start(["--wallet-host", Self.wallet])
        #expect(try without.get("/w/", host: Self.wallet).status == 404)
        #expect(try web.get("/w/").status == 404)
        #expect(try web.get("/vci/nonce", Self.json, method: "POST", body: "{}").status == 405)
        #expect(try web.get("/O/AAAA", host: Self.wallet).status == 404)
    }

    @Test("passes a phone's requests on, with a nonce and the time, for pages of its own alone")
    func forwarding() throws {
        let nonce = try web.get("/vci/nonce", Self.json, method: "POST", body: "{}", host: Self.wallet)
        let given = try body(nonce)["c_nonce"]?.string
        #expect(nonce.status == 200 && given != nil && nonce.fields["dpop-nonce"] == given)
        #expect(nonce.fields["date"]?.hasSuffix(" GMT") == true && nonce.fields["cache-control"] == "no-store")
        #expect(nonce.fields["access-control-allow-origin"] == nil)
        let form = "grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code&pre-authorized_code=AA"
        let type = ["Content-Type": "application/x-www-form-urlencoded", "DPoP": "a.b.c"]
        let token = try web.get("/vci/token", type, method: "POST", body: form, host: Self.wallet)
        let error = try body(token)
        #expect(token.status == 400 && error["error"]?.string == "invalid_dpop_proof")
        #expect(error["code"]?.string == "proof_invalid" && token.fields["dpop-nonce"] != nil)
        let codes = try web.get("/vci/codes", Self.json, method: "POST", body: "{}", host: Self.wallet)
        let refusal = try body(codes)["error"]?.string
        #expect(codes.status == 401 && refusal == "invalid_token")
        let lost = try web.get(
            "/vci/lost", Self.json, method: "POST", body: "{\"loss_code\":\"AAAA\"}", host: Self.wallet)
        let loss = try body(lost)["code"]?.string
        #expect(lost.status == 404 && loss == "loss_code_unknown")
    }

    @Test(
        "refuses what is no request of a phone",
        arguments: [
            ("/vci/nonce", "GET", "", "application/json", 405), ("/vci/other", "GET", "", "application/json", 404),
            ("/vci/token", "POST", "{}", "application/json", 400),
            ("/vci/token", "POST", "grant_type=password", "application/x-www-form-urlencoded", 400),
            ("/vci/credential", "POST", "{}", "application/json", 400),
            ("/vci/credential", "POST", "[[[[[[]]]]]]", "application/json", 400),
            ("/vci/revoke", "POST", "not JSON", "application/json", 400),
            ("/vci/lost", "POST", String(repeating: "a", count: 9000), "application/json", 413),
        ])
    func malformed(path: String, method: String, content: String, type: String, status: Int) throws {
        let answer = try web.get(path, ["Content-Type": type], method: method, body: content, host: Self.wallet)
        #expect(answer.status == status, "\(path): \(answer.status) \(answer.text)")
        #expect(answer.fields["content-security-policy"]?.contains("default-src 'none'") == true)
    }

    @Test("says where things are and which device keys the issuer takes")
    func metadata() throws {
        let issuer = try body(try web.get("/.well-known/openid-credential-issuer", host: Self.wallet))
        #expect(issuer["credential_issuer"]?.string == "http://wallet.test")
        let configuration = issuer["credential_configurations_supported"]?["suishen-person"]
        let algorithms = configuration?["proof_types_supported"]?["jwt"]?["proof_signing_alg_values_supported"]?.array
        #expect(algorithms?.compactMap(\.string) == ["EdDSA"])
        let server = try body(try web.get("/.well-known/oauth-authorization-server", host: Self.wallet))
        #expect(server["token_endpoint"]?.string == "http://wallet.test/vci/token")
    }
}
