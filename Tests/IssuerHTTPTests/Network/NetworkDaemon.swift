import Encoding
import Foundation
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Platform
import TestSupport

/// A daemon that callers on other machines can connect to, with its authorities.
final class NetworkDaemon {
    let installation: Installation
    let daemon: HTTPDaemon
    /// Signs the daemon's certificate.
    let servers: TLSAuthority
    /// Signs callers' certificates.
    let callers: TLSAuthority

    /// Starts a daemon on a port that the kernel chooses.
    ///
    /// - Parameters:
    ///   - tables: the lines of suishend.yaml besides `listen`.
    ///   - stopTimeoutSeconds: the setting of that name.
    ///   - clock: the daemon's wall clock; nil for the machine's.
    /// - Throws: when it does not start.
    init(_ tables: String, stopTimeoutSeconds: UInt64 = 20, clock: SetClock? = nil) throws {
        installation = try Installation()
        let folder = installation.folder
        servers = try TLSAuthority("servers", in: folder)
        callers = try TLSAuthority("callers", in: folder)
        _ = try servers.pair("daemon", TLSAuthority.server)
        try Self.write(tables, stopTimeoutSeconds, to: installation)
        daemon = try HTTPDaemon(installation, prefix: clock?.words ?? [])
    }

    private static func write(_ tables: String, _ stopTimeoutSeconds: UInt64, to installation: Installation) throws {
        let folder = installation.folder
        let text = """
            listen:
              address: 127.0.0.1:0
              certificate: \(folder("daemon.pem"))
              privateKey: \(folder("daemon.key"))
              clientAuthority: \(folder("callers.pem"))
            \(tables)
            """
        var settings = try Settings(text: text)
        settings.stopTimeoutSeconds = stopTimeoutSeconds
        try installation.write(settings)
    }

    /// Puts other tables in the settings file, as an operator does.
    func rewrite(_ tables: String) throws { try Self.write(tables, 20, to: installation) }

    /// Puts other lines in the place of the whole settings file.
    func rewriteRaw(_ text: String) throws {
        try installation.folder.write(Array(text.utf8), to: "state/suishend.yaml", mode: 0o600)
    }

    /// Waits until something holds, for as long as a busy machine may take.
    func until(_ holds: () throws -> Bool) throws {
        for _ in 0..<600 {
            if try holds() { return }
            usleep(50_000)
        }
        throw MissingFile(path: "what was waited for")
    }

    /// The port, which the daemon says once it listens.
    var port: UInt16 {
        get throws {
            let words = try awaitDiagnostics("connect to 127.0.0.1:")
            let line = words.components(separatedBy: "connect to 127.0.0.1:").last ?? ""
            guard let port = UInt16(line.prefix { $0.isNumber }) else {
                throw MissingFile(path: "the port in \(words)")
            }
            return port
        }
    }

    /// What the daemon has said, once it has said these words.
    @discardableResult
    func awaitDiagnostics(_ words: String, times: Int = 1) throws -> String {
        for _ in 0..<3000 {
            let said = try daemon.diagnostics
            if said.components(separatedBy: words).count > times { return said }
            usleep(10_000)
        }
        throw MissingFile(path: "`\(words)` in \(try daemon.diagnostics)")
    }

    /// A caller's certificate of the right kind.
    func caller(_ name: String) throws -> TLSAuthority.Pair {
        let path = installation.folder(name)
        if ProjectFiles.exists(path + ".pem") { return .init(certificate: path + ".pem", key: path + ".key") }
        return try callers.pair(name, TLSAuthority.caller(name))
    }

    /// One request by `curl` with a certificate; the answer's body, then its status on a line of its own, 000 for none.
    func curl(
        _ words: [String], as pair: TLSAuthority.Pair?, trusting authority: String? = nil
    ) throws -> HTTPDaemon.Outcome {
        let own = pair.map { ["--cert", $0.certificate, "--key", $0.key] } ?? []
        let place = words.count > 1 ? words.dropLast() : []
        let path = words.last ?? ""
        let address = "https://127.0.0.1:\(try port)\(path)"
        return try HTTPDaemon.run(
            ["curl", "-s", "-S", "-m", "60", "-w", "\n%{http_code}", "--cacert", authority ?? servers.certificate] + own
                + Array(place) + [address])
    }

    /// The output of `curl` as a caller of that name.
    func ask(_ words: [String], as name: String) throws -> String { try curl(words, as: caller(name)).output }

    /// A client of the daemon, as `suishen` has it.
    func client(as name: String) throws -> IssuerClient {
        let pair = try caller(name)
        var address = RemoteAddress("https://127.0.0.1:\(try port)")
        address?.authorities = try ProjectFiles.bytes(servers.certificate)
        address?.identity = ClientIdentity(
            certificate: try ProjectFiles.bytes(pair.certificate), key: try ProjectFiles.bytes(pair.key))
        guard let address else { throw MissingFile(path: "an address") }
        return try IssuerClient(.remote(address))
    }

    /// The lines of the trail, as the daemon's own user reads them.
    func trail() throws -> [JSONValue] {
        let client = try IssuerClient(path: daemon.socket)
        return try client.ask(.readAudit, [:])["lines"]?.array ?? []
    }
}
