import TestSupport
import Testing

@testable import PublicWeb

@Suite("The page of a gate in the browser")
struct GateRouteTests {
    private let installation: WebInstallation

    init() throws {
        installation = try WebInstallation()
        for name in ["reader", "scanner"] {
            // An empty module; no browser runs it here.
            try installation.folder.write([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0], to: "\(name).wasm", mode: 0o600)
        }
    }

    @Test("may use the camera, which no other page of its host may")
    func camera() throws {
        let web = try installation.start([
            "--module", installation.folder("reader.wasm"), "--scanner-module", installation.folder("scanner.wasm"),
        ])
        let page = try web.get("/g/", ["Accept": "text/html", "Accept-Language": "en"])
        #expect(page.status == 200 && page.text.contains("lang=\"en\""))
        #expect(page.fields["vary"] == "Accept-Language")
        #expect(page.fields["permissions-policy"]?.contains("camera=(self)") == true)
        #expect(page.fields["permissions-policy"]?.contains("microphone=()") == true)
        let policy = page.fields["content-security-policy"] ?? ""
        #expect(policy.contains("script-src 'self' 'wasm-unsafe-eval'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"))
        #expect(try web.get("/g").fields["location"] == "/g/")
        for path in ["/nothing", "/healthz", try installation.path(of: try installation.object())] {
            let other = try web.get(path, ["Accept": "text/html"])
            #expect(other.fields["permissions-policy"]?.contains("camera=()") == true, "\(path)")
        }
        #expect(try web.get("/g/", method: "POST").status == 405)
        #expect(try web.get("/g/x").status == 404)
    }

    @Test("is not there without a module that checks and one that reads", arguments: ["--module", "--scanner-module"])
    func modules(option: String) throws {
        let web = try installation.start([option, installation.folder("reader.wasm")])
        let answer = try web.get("/g/")
        #expect(answer.status == 404 && answer.text.contains("--scanner-module"))
    }
}
