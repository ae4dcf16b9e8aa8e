import Glibc
import IssuerTestSupport
import TestSupport
import Testing

@Suite("Who may connect from another machine", .serialized)
struct NetworkHandshakeTests {
    private static let health = ["/v1/health"]

    private let network: NetworkDaemon

    init() throws {
        network = try NetworkDaemon("roles:\n  desk.office.example: [auditor]\n  1001: [operator]")
    }

    @Test("is who has a certificate of the callers' authority, over TLS 1.3 alone")
    func letIn() throws {
        #expect(try network.ask(Self.health, as: "desk.office.example").hasSuffix("\n200"))
        let older = ["--tlsv1.2", "--tls-max", "1.2", "/v1/health"]
        #expect(try network.curl(older, as: network.caller("desk.office.example")).output.hasSuffix("\n000"))
        // The client checks the daemon's certificate in its turn.
        let deceived = try network.curl(
            Self.health, as: network.caller("desk.office.example"), trusting: network.callers.certificate)
        #expect(deceived.output.contains("certificate") && deceived.output.hasSuffix("\n000"))
    }

    @Test("is nobody without a certificate, or with one that does not count")
    func refused() throws {
        let folder = network.installation.folder
        let caller = TLSAuthority.caller("desk.office.example")
        let others = try TLSAuthority("others", in: folder)
        let purposes = caller.filter { !$0.hasPrefix("extendedKeyUsage") }
        let names = caller.filter { !$0.hasPrefix("subjectAltName") }
        var pairs: [(String, TLSAuthority.Pair?)] = [("none", nil)]
        pairs.append(("ended", try network.callers.pair("ended", caller, days: -1)))
        pairs.append(("self-signed", try TLSAuthority.selfSigned("self", caller, in: folder)))
        pairs.append(("another authority", try others.pair("other", caller)))
        pairs.append(("the daemon's authority", try network.servers.pair("wrong", caller)))
        pairs.append(("a server's", try network.callers.pair("server", purposes + ["extendedKeyUsage=serverAuth"])))
        pairs.append(("no purpose", try network.callers.pair("purpose", purposes)))
        let agreement = caller.filter { !$0.hasPrefix("keyUsage") } + ["keyUsage=keyAgreement"]
        pairs.append(("no signatures", try network.callers.pair("agreement", agreement)))
        pairs.append(("no name", try network.callers.pair("nameless", names)))
        for (place, name) in [
            "DNS:desk.office.example,DNS:other.example", "DNS:desk.office.example,IP:127.0.0.1", "IP:127.0.0.1",
            "URI:https://desk.office.example", "email:desk@office.example", "DNS:1001", "DNS:*.office.example",
            "DNS:every", "DNS:desk.office.1001", "DNS:desk_1.example",
        ].enumerated() {
            let pair = try network.callers.pair("name\(place)", names + ["subjectAltName=\(name)"])
            pairs.append((name, pair))
        }
        for (kind, pair) in pairs {
            let outcome = try network.curl(Self.health, as: pair)
            #expect(outcome.output.hasSuffix("\n000") && outcome.status != 0, "\(kind): \(outcome.output)")
        }
        #expect(try network.ask(Self.health, as: "desk.office.example").hasSuffix("\n200"))
    }

    @Test("does not hang on the letters' case in a certificate")
    func letterCase() throws {
        let names = TLSAuthority.caller("Desk.OFFICE.example")
        let pair = try network.callers.pair("case", names)
        #expect(try network.curl(Self.health, as: pair).output.hasSuffix("\n200"))
    }

    @Test("is checked again on a resumed connection, and a caller without a role learns nothing")
    func resumed() throws {
        let folder = network.installation.folder
        let pair = try network.caller("desk.office.example")
        let session = folder("session")
        let connect = [
            "openssl", "s_client", "-quiet", "-connect", "127.0.0.1:\(try network.port)", "-cert", pair.certificate,
            "-key", pair.key, "-CAfile", network.servers.certificate,
        ]
        let ask = "printf 'GET /v1/audit HTTP/1.1\\r\\nHost: d\\r\\nConnection: close\\r\\n\\r\\n' | "
        func run(_ more: String) throws -> String {
            try HTTPDaemon.run(["sh", "-c", ask + connect.joined(separator: " ") + more]).output
        }
        #expect(try run(" -sess_out \(session)").contains("HTTP/1.1 200 OK"))
        #expect(try run(" -sess_in \(session)").contains("HTTP/1.1 200 OK"))
        try network.rewrite("roles:\n  other.office.example: [auditor]")
        try network.until { try run(" -sess_in \(session)").contains("HTTP/1.1 403 ") }
        let stranger = try network.ask(Self.health, as: "stranger.office.example")
        #expect(stranger.contains("\"not_permitted\"") && stranger.hasSuffix("\n403"))
        #expect(try network.ask(["/v1/nothing"], as: "stranger.office.example").hasSuffix("\n403"))
    }

    @Test("is not held up by handshakes that never end")
    func slowHandshakes() throws {
        let port = try network.port
        // More than have a place, from the same address as the good caller.
        let silent = try (0..<400).map { _ in try WebConnection(port: port) }
        let dripping = try (0..<100).map { _ in try WebConnection(port: port) }
        for connection in dripping { connection.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]) }
        let start = ContinuousClock.now
        #expect(try network.ask(Self.health, as: "desk.office.example").hasSuffix("\n200"))
        // Far less than all of them would take one after another.
        #expect(ContinuousClock.now - start < .seconds(20))
        // Each is closed, in its turn or at the end of its time.
        #expect(silent[399].readToEnd().isEmpty && dripping[99].readToEnd().isEmpty)
        #expect(ContinuousClock.now - start < .seconds(50))
    }
}
