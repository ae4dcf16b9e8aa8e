import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Platform
import Signing
import TestSupport

@testable import Gate

/// A gate with keys of its own, registered at a daemon, that makes and posts reports.
struct ReportingGate {
    let keys: GateKeys
    private let folder: ScratchFolder
    private let exchange: HTTPExchange

    var gate: String { keys.gate.text }

    /// Enrols the gate, and registers it.
    init(at daemon: HTTPDaemon) throws {
        folder = try ScratchFolder()
        keys = try GateKeys(makingMissingIn: folder.path, suite: .ed25519)
        exchange = HTTPExchange(endpoint: .socket(path: daemon.socket), timeoutMilliseconds: 60_000)
        let root = try SigningKey(contentsOf: daemon.installation.state.rootKeyFile).verificationKey
        let request = try GateRequest(
            name: "gate", signingKey: keys.signing, receivingKey: keys.receiving.publicKey,
            rootDigest: RootSource.digest(of: root), issuedAt: Self.now)
        _ = try IssuerClient(path: daemon.socket).ask(
            .registerGate, ["request": request.json, "scenes": ["metro-gate"], "domains": [], "site": "hall"])
    }

    static var now: UInt64 { UInt64(time(nil)) }

    /// A report with a counter; `change` may alter it before it is signed.
    func report(
        _ counter: UInt64, at time: UInt64 = now, _ change: (inout GateReport) -> Void = { _ in }
    ) throws -> SignedGateReport {
        var report = GateReport(gate: keys.gate, counter: counter, issuedAt: time, countedSince: time, fetch: "ok")
        report.counts.add(12, scene: "metro-gate", code: "ok")
        change(&report)
        return try SignedGateReport(report, by: keys.signing)
    }

    /// Posts bytes as a gate's report; gives the status, and the error's code.
    func post(_ body: [UInt8], as gate: String? = nil) throws -> (status: Int, code: String?) {
        let response = try exchange.post(path: "/v1/gates/\(gate ?? self.gate)/report", body: body)
        let answer = try JSONValue.parse(response.body, byteCountMax: 1 << 16)
        return (response.status, answer["error"]?["code"]?.string)
    }

    func post(_ report: SignedGateReport, as gate: String? = nil) throws -> (status: Int, code: String?) {
        try post(Array(report.json.encoded().utf8), as: gate)
    }
}
