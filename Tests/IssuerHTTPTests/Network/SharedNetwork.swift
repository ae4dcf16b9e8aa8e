import Encoding
import Foundation
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Platform
import TestSupport
import Testing

/// An installation in a database and a bucket, whose first daemon lets others join by TLS.
final class SharedNetwork {
    static let second = "second.daemons.example"
    static let desk = "desk.office.example"

    static let isAvailable = S3Server.isAvailable && PostgreSQLServer.shared != nil

    let bucket: S3Bucket
    let installation: Installation
    let daemon: HTTPDaemon
    private let servers: TLSAuthority
    private let callers: TLSAuthority

    init() throws {
        bucket = try S3Bucket()
        let server = try #require(PostgreSQLServer.shared)
        let folder = try ScratchFolder()
        servers = try TLSAuthority("servers", in: folder)
        callers = try TLSAuthority("callers", in: folder)
        _ = try servers.pair("daemon", TLSAuthority.server)
        for name in [Self.second, Self.desk] { _ = try callers.pair(name, TLSAuthority.caller(name)) }
        var settings = try bucket.settings(keysIn: folder)
        settings.storage = server.url(schema: try server.makeSchema())
        let tables = try Settings(
            text: """
                listen:
                  address: 127.0.0.1:0
                  certificate: \(folder("daemon.pem"))
                  privateKey: \(folder("daemon.key"))
                  clientAuthority: \(folder("callers.pem"))
                roles:
                  \(Self.second): [daemon]
                  \(Self.desk): [issuer, auditor]
                """)
        (settings.listen, settings.roles) = (tables.listen, tables.roles)
        installation = try Installation(in: folder, settings: settings)
        daemon = try HTTPDaemon(installation)
    }

    /// The port, which the daemon says before it serves.
    var port: UInt16 {
        get throws {
            let line = try daemon.diagnostics.components(separatedBy: "connect to 127.0.0.1:").last ?? ""
            return try #require(UInt16(line.prefix { $0.isNumber }))
        }
    }

    /// Runs `suishend --join` as a caller.
    func join(_ state: String, as name: String = second, port: UInt16? = nil) throws -> Program.Outcome {
        let folder = installation.folder
        return try Program("suishend").run([
            "--join", "https://127.0.0.1:\(try port ?? self.port)", "--state", state, "--certificate",
            folder("\(name).pem"), "--certificate-key", folder("\(name).key"), "--authority", servers.certificate,
        ])
    }

    /// A client of the daemon over TLS.
    func client(as name: String) throws -> IssuerClient {
        let folder = installation.folder
        var address = try #require(RemoteAddress("https://127.0.0.1:\(try port)"))
        address.authorities = try ProjectFiles.bytes(servers.certificate)
        address.identity = ClientIdentity(
            certificate: try ProjectFiles.bytes(folder("\(name).pem")),
            key: try ProjectFiles.bytes(folder("\(name).key")))
        return try IssuerClient(.remote(address))
    }

    /// The lines of the trail, as the daemon's own user reads them.
    func trail() throws -> [JSONValue] {
        try IssuerClient(path: daemon.socket).ask(.readAudit, [:])["lines"]?.array ?? []
    }
}
