import Encoding
import Glibc
import IssuerTestSupport
import TestSupport
import Testing

@Suite("suishen with a daemon on another machine", .serialized)
struct NetworkCommandTests {
    private static let desk = "desk.office.example"
    private static let manager = "91350100M000100Y43"

    private func run(_ words: [String], _ network: NetworkDaemon, as pair: TLSAuthority.Pair, port: UInt16? = nil)
        throws -> Program.Outcome
    {
        try Program("suishen").run(
            words + [
                "--daemon", "https://127.0.0.1:\(try port ?? network.port)", "--certificate", pair.certificate,
                "--certificate-key", pair.key, "--authority", network.servers.certificate,
            ])
    }

    @Test("registers, issues and reads as over the socket, each with its name's roles")
    func works() throws {
        let network = try NetworkDaemon("roles:\n  \(Self.desk): [issuer:object]\n  audit.office.example: [auditor]")
        let desk = try network.caller(Self.desk)
        let words = [
            "object", "register", "--kind", "object", "--manager", Self.manager, "--category", "park", "--json",
        ]
        let made = try run(words, network, as: desk)
        #expect(made.status == 0, "\(made.diagnostics)")
        let json = try JSONValue.parse(Array(made.output.dropLast().utf8), byteCountMax: 1 << 16)
        let subject = try #require(json["subject"]?.string)
        #expect(try run(["issue", subject, "--json"], network, as: desk).status == 0)
        let refused = try run(["revoke", subject], network, as: desk)
        #expect(refused.status == 1 && refused.diagnostics.contains("[not_permitted]"), "\(refused.diagnostics)")
        let trail = try run(["audit", "--json"], network, as: network.caller("audit.office.example"))
        #expect(trail.status == 0 && trail.output.contains("\"caller\":\"\(Self.desk)\""), "\(trail.output)")
        // A batch of many lines goes through too.
        let lines = (0..<600).map { _ in
            "{\"kind\": \"object\", \"manager\": \"\(Self.manager)\", \"category\": \"park\"}\n"
        }.joined()
        let path = try network.installation.folder.write(Array(lines.utf8), to: "lines")
        let batch = try run(["object", "register", "--from", path], network, as: desk)
        #expect(batch.status == 0 && batch.output.split(separator: "\n").count == 600)
    }

    @Test("says what is wrong where nobody answers, or one of the two is not trusted, and shows no key")
    func unreachable() throws {
        let network = try NetworkDaemon("roles:\n  \(Self.desk): [auditor]")
        let desk = try network.caller(Self.desk)
        let nobody = try run(["audit"], network, as: desk, port: 1)
        let stranger = try TLSAuthority("strangers", in: network.installation.folder)
        let foreign = try run(
            ["audit"], network, as: stranger.pair("foreign", TLSAuthority.caller(Self.desk)))
        let mixed = TLSAuthority.Pair(certificate: desk.certificate, key: try network.caller("other.example").key)
        let wrongKey = try run(["audit"], network, as: mixed)
        for outcome in [nobody, foreign, wrongKey] {
            #expect(
                outcome.status == 75 && outcome.diagnostics.contains("[daemon_unreachable]"), "\(outcome.diagnostics)")
            #expect(!outcome.diagnostics.contains("PRIVATE KEY") && outcome.output.isEmpty)
        }
        let address = "https://127.0.0.1:\(try network.port)"
        let own = ["--certificate", desk.certificate, "--certificate-key", desk.key]
        let deceived = try Program("suishen").run(
            ["audit", "--daemon", address, "--authority", network.callers.certificate] + own)
        #expect(deceived.status == 75 && deceived.diagnostics.contains("does not prove by TLS"))
        // The name counts too: the daemon's certificate is not for this address.
        let renamed = try Program("suishen").run(
            ["audit", "--daemon", "https://127.0.0.2:\(try network.port)", "--authority", network.servers.certificate]
                + own)
        #expect(renamed.status == 75)
        for words in [
            ["--daemon", "http://127.0.0.1:1"], ["--daemon", address], ["--daemon", address, "--socket", "/x"] + own,
            ["--authority", network.servers.certificate],
        ] {
            #expect(try Program("suishen").run(["audit"] + words).status == 64, "\(words)")
        }
    }
}
