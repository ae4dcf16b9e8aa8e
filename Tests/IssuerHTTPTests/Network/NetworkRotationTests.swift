import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import TestSupport
import Testing

@Suite("A daemon whose certificates or roles change", .serialized)
struct NetworkRotationTests {
    private static let desk = "desk.office.example"
    private static let tables = "roles:\n  \(desk): [auditor]\n  other.office.example: [auditor]"
    private static let request = "GET /v1/health HTTP/1.1\r\nHost: d\r\n\r\n"

    /// Puts one file in the place of another, as `install` and certbot do.
    private static func replace(_ path: String, with other: String) throws {
        let outcome = try Program(path: "/bin/sh").run(
            ["-c", "cp -p '\(other)' '\(path).new' && mv '\(path).new' '\(path)'"])
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
    }

    /// The serial number of the certificate that the daemon shows.
    private static func serial(_ network: NetworkDaemon) throws -> String {
        let pair = try network.caller(desk)
        return try HTTPDaemon.run([
            "sh", "-c",
            "openssl s_client -connect 127.0.0.1:\(try network.port) -cert \(pair.certificate) -key \(pair.key) "
                + "</dev/null 2>/dev/null | openssl x509 -noout -serial",
        ]).output
    }

    @Test("takes a new certificate and key without a restart, and keeps the old ones where the new ones are broken")
    func certificate() throws {
        let network = try NetworkDaemon(Self.tables)
        let folder = network.installation.folder
        let open = try TLSConnection(network, as: Self.desk)
        try open.send(Self.request)
        #expect(try open.read(until: "}\n").hasPrefix("HTTP/1.1 200 "))
        let first = try Self.serial(network)
        let next = try network.servers.pair("next", TLSAuthority.server)
        // A key without its certificate, a certificate without an end, and an empty file.
        try Self.replace(folder("daemon.key"), with: next.key)
        try network.awaitDiagnostics("[tls_unusable]")
        #expect(try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n200"))
        try Self.replace(folder("daemon.pem"), with: next.certificate)
        try network.until { try Self.serial(network) != first }
        let second = try Self.serial(network)
        #expect(second.hasPrefix("serial="))
        let half = try folder.write(Array(ProjectFiles.bytes(next.certificate).prefix(300)), to: "half")
        try Self.replace(folder("daemon.pem"), with: half)
        try network.awaitDiagnostics("[tls_unusable]", times: 2)
        let ended = try network.servers.pair("ended-server", TLSAuthority.server, days: -1)
        try Self.replace(folder("daemon.pem"), with: ended.certificate)
        try network.awaitDiagnostics("is not valid now")
        #expect(try Self.serial(network) == second)
        #expect(try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n200"))
        // The first connection goes on under the certificate that it began with.
        try open.send(Self.request)
        #expect(try open.read(until: "}\n").hasPrefix("HTTP/1.1 200 "))
        // Nothing of a private key is in any message.
        let said = try network.daemon.diagnostics
        for key in [next.key, folder("daemon.key")] {
            let lines = String(decoding: try ProjectFiles.bytes(key), as: UTF8.self).split(separator: "\n")
            for line in lines.dropFirst().dropLast() { #expect(!said.contains(line)) }
        }
        #expect(!said.contains("PRIVATE KEY"))
    }

    @Test("lets in callers of a new authority, and ends open connections of the former one")
    func authority() throws {
        let network = try NetworkDaemon(Self.tables)
        let folder = network.installation.folder
        let open = try TLSConnection(network, as: Self.desk)
        try open.send(Self.request)
        #expect(try open.read(until: "}\n").hasPrefix("HTTP/1.1 200 "))
        let other = try TLSAuthority("other", in: folder)
        let pair = try other.pair("newcomer", TLSAuthority.caller("other.office.example"))
        #expect(try network.curl(["/v1/health"], as: pair).output.hasSuffix("\n000"))
        try Self.replace(folder("callers.pem"), with: other.certificate)
        try network.until { try network.curl(["/v1/health"], as: pair).output.hasSuffix("\n200") }
        #expect(try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n000"))
        try open.send(Self.request)
        let answer = try open.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("\"connection_outdated\""), "\(answer)")
        #expect(answer.lowercased().contains("retry-after: 1\r\n"))
    }

    @Test("refuses a caller whose name is taken out of the roles, at the next request of an open connection too")
    func roles() throws {
        let network = try NetworkDaemon(Self.tables)
        let open = try TLSConnection(network, as: Self.desk)
        try open.send(Self.request)
        #expect(try open.read(until: "}\n").hasPrefix("HTTP/1.1 200 "))
        // A file with a mistake changes nothing, and is told.
        try network.rewriteRaw("roles:\n  \(Self.desk): [nonsense]\n")
        try network.awaitDiagnostics("[settings_invalid]")
        #expect(try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n200"))
        try network.rewrite("roles:\n  other.office.example: [auditor]")
        try network.until { try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n403") }
        try open.send(Self.request)
        let answer = try open.read(until: "}\n")
        #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains("\"not_permitted\""), "\(answer)")
        #expect(try network.ask(["/v1/health"], as: "other.office.example").hasSuffix("\n200"))
        // The log of acts tells of the change, and not of the names.
        let acts = try network.daemon.curl(["http://d/acts/checkpoint"]).output
        #expect(acts.hasSuffix("\n200"))
    }

    @Test("asks for a new connection once the certificate of an open one has ended")
    func ended() throws {
        // The clock stands still, and the certificates are made after it: they must be valid at its time.
        let clock = try SetClock(at: UInt64(time(nil)) + 600)
        let network = try NetworkDaemon(Self.tables, clock: clock)
        let open = try TLSConnection(network, as: Self.desk)
        try open.send(Self.request)
        #expect(try open.read(until: "}\n").hasPrefix("HTTP/1.1 200 "))
        try clock.set(UInt64(time(nil)) + 31 * 86_400)
        try open.send(Self.request)
        #expect(try open.readToEnd().contains("\"connection_outdated\""))
        #expect(try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n000"))
    }
}
