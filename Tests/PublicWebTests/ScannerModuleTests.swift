import Encoding
import Signing
import TestSupport
import Testing

@testable import PublicWeb

@Suite("The scanner's module")
struct ScannerModuleTests {
    /// The bytes of an empty module; no browser runs it here.
    private let module: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]
    private let installation: WebInstallation

    init() throws {
        installation = try WebInstallation()
        try installation.folder.write(module, to: "scanner.wasm", mode: 0o600)
    }

    private var path: String { "/a/\(Hex.encode(DigestAlgorithm.sha256.digest(module))).wasm" }

    @Test("is handed out under its digest on both hosts, and only where it was given")
    func serving() throws {
        let web = try installation.start([
            "--wallet-host", "wallet.test", "--scanner-module", installation.folder("scanner.wasm"),
        ])
        for answer in [try web.get(path), try web.get(path, host: "wallet.test")] {
            #expect(answer.status == 200 && answer.body == module)
            #expect(answer.fields["content-type"] == "application/wasm")
            #expect(answer.fields["cache-control"]?.contains("immutable") == true)
        }
        #expect(try installation.get(path).status == 404)
    }

    @Test("is loaded by a worker whose own policy allows it, and nothing of other hosts")
    func worker() throws {
        let assets = try Assets(module: nil)
        let worker = try #require(assets.file(named: Assets.scannerWorkerName))
        let answer = try installation.get("/a/\(worker.path)")
        #expect(answer.status == 200 && answer.fields["content-type"]?.hasPrefix("text/javascript") == true)
        let policy = answer.fields["content-security-policy"] ?? ""
        for part in ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'"] {
            #expect(policy.contains(part), "\(policy)")
        }
        #expect(!policy.contains("*") && !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"))
        let scanner = try #require(assets.file(named: "scanner.js"))
        #expect(answer.text.contains("\"./\(scanner.path)\""), "the worker names the scanner by its digest")
    }
}
