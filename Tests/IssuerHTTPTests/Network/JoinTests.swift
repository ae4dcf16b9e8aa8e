import Encoding
import Foundation
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Platform
import TestSupport
import Testing

@Suite("A daemon that joins a running one", .serialized, .enabled(if: SharedNetwork.isAvailable))
struct JoinTests {
    private static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("has the same settings and keys, serves the same registry, and leaves a trace; no secret is seen on the way")
    func joins() throws {
        let network = try SharedNetwork()
        let folder = try ScratchFolder()
        let joined = try network.join(folder("state"))
        #expect(joined.status == 0, "\(joined)")
        #expect(joined.diagnostics.contains("`listen`") && joined.diagnostics.contains("`storage`"), "\(joined)")
        let (first, second) = (network.installation.state, StateDirectory(path: folder("state")))
        #expect(try ProjectFiles.bytes(second.settings) == ProjectFiles.bytes(first.settings))
        // The first root stays where it is.
        #expect(try Self.names(second.path + "/keys") == Self.names(first.path + "/keys").filter { $0 != "root.pem" })
        for name in try Self.names(second.path + "/keys") {
            #expect(try ProjectFiles.bytes(second.key(name)) == ProjectFiles.bytes(first.key(name)), "\(name)")
            #expect(try Self.mode(second.key(name)) == 0o400, "\(name)")
        }
        #expect(try Self.mode(second.path) == 0o700 && Self.mode(second.settings) == 0o600)
        let check = try Program("suishend").run(["--state", second.path, "--check-config"])
        #expect(check.status == 0, "\(check)")
        let daemon = try HTTPDaemon(Installation(madeIn: folder))
        let client = try IssuerClient(path: daemon.socket)
        let object = try client.registerBridge()
        let code = try client.ask(.issue, ["subject": .string(object)])
        let history = try IssuerClient(path: network.daemon.socket).ask(.codeHistory, ["subject": .string(object)])
        let known = try #require(history["codes"]?.array?.first)
        #expect(known["statusIndex"] == code["statusIndex"] && known["statusIndex"] != nil)
        let line = try #require(try network.trail().first { $0["action"] == "daemon.join" })
        #expect(line["detail"]?["caller"] == .string(SharedNetwork.second))
        try Self.expectNoSecret(of: second, in: network, joined)
    }

    /// Looks for every secret of `keys/` in everything that others may read.
    private static func expectNoSecret(
        of state: StateDirectory, in network: SharedNetwork, _ joined: Program.Outcome
    ) throws {
        var places: [(name: String, bytes: Data)] = [
            ("output", Data((joined.output + joined.diagnostics).utf8)),
            ("stderr", Data(try network.daemon.diagnostics.utf8)),
            ("trail", Data("\(try network.trail())".utf8)), ("requests", Data(try network.bucket.requests())),
        ]
        for key in try network.bucket.server.keys(of: network.bucket) {
            places.append((key, Data(try network.bucket.server.object(key, in: network.bucket))))
        }
        for name in try names(state.path + "/keys") {
            let secret = try ProjectFiles.bytes(state.key(name)).suffix(40)
            let forms = [Data(secret), Data(Base64.encode(secret).dropLast(4).utf8), Data(Hex.encode(secret).utf8)]
            for place in places {
                #expect(forms.allSatisfy { place.bytes.range(of: $0) == nil }, "\(name) in \(place.name)")
            }
        }
    }

    @Test("fetches a key that was made meanwhile beside its running daemon, which takes it without a restart")
    func rotated() throws {
        let network = try SharedNetwork()
        let folder = try ScratchFolder()
        try #require(network.join(folder("state")).status == 0)
        let daemon = try HTTPDaemon(Installation(madeIn: folder))
        let client = try IssuerClient(path: daemon.socket)
        let object = try client.registerBridge()
        _ = try client.ask(.issue, ["subject": .string(object)])
        let settings = folder("state/suishend.yaml")
        let own = try ProjectFiles.bytes(settings) + Array("# of this machine\n".utf8)
        try folder.write(own, to: "state/suishend.yaml", mode: 0o600)
        let kid = try #require(try IssuerClient(path: network.daemon.socket).ask(.rotateKey, [:])["kid"]?.string)
        let refusal = #expect(throws: OperationError.self) {
            try client.ask(.issue, ["subject": .string(object)])
        }
        #expect(refusal?.code == "key_unavailable" && refusal?.errorClass == .later)
        #expect(refusal?.hint.contains("suishend --join") == true)
        let again = try network.join(folder("state"))
        #expect(again.status == 0 && again.output.contains("keys/issuer-\(kid).pem"), "\(again)")
        _ = try client.ask(.issue, ["subject": .string(object)])
        #expect(try ProjectFiles.bytes(settings) == own)
        let third = try network.join(folder("state"))
        #expect(third.status == 0 && third.output.contains("has every key"), "\(third)")
    }

    @Test("is refused to every caller without the role, the daemon's own user among them, and each refusal is noted")
    func refused() throws {
        let network = try SharedNetwork()
        let folder = try ScratchFolder()
        let desk = try network.join(folder("state"), as: SharedNetwork.desk)
        #expect(desk.status != 0 && desk.diagnostics.contains("[not_permitted]"), "\(desk)")
        #expect(!ProjectFiles.exists(folder("state")))
        let body: JSONValue = ["key": "AA=="]
        var refusal = #expect(throws: OperationError.self) {
            try IssuerClient(path: network.daemon.socket).ask(.joinDaemon, body)
        }
        #expect(refusal?.code == "not_permitted")
        let second = try network.client(as: SharedNetwork.second)
        for key in ["AA==", "no base64", "MCowBQYDK2VuAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            refusal = #expect(throws: OperationError.self) { try second.ask(.joinDaemon, ["key": .string(key)]) }
            #expect(refusal?.code == "key_invalid", "\(key)")
        }
        // The role gives nothing else.
        refusal = #expect(throws: OperationError.self) { try second.ask(.health, [:]) }
        #expect(refusal?.code == "not_permitted")
        var refused: [JSONValue] = []
        for _ in 0..<400 where refused.count < 2 {
            refused = try network.trail().filter {
                $0["action"] == "refused" && $0["subject"] == "POST /v1/daemons"
            }
            usleep(50_000)
        }
        #expect(refused.contains { $0["detail"]?["caller"] == .string(SharedNetwork.desk) }, "\(refused)")
        #expect(try !network.trail().contains { $0["action"] == "daemon.join" })
    }

    @Test("leaves nothing where it fails, and asks for no keys where its folder cannot be used")
    func nothingLeft() throws {
        let network = try SharedNetwork()
        let folder = try ScratchFolder()
        unsafe mkdir(folder("occupied"), 0o755)
        try folder.write([1], to: "occupied/file")
        let foreign = try Installation()
        let cases: [(state: String, port: UInt16?, code: String)] = [
            (folder("occupied"), nil, "state_exists"), (folder("missing/state"), nil, "state_unwritable"),
            (folder("state"), 1, "daemon_unreachable"), (foreign.state.path, nil, "root_differs"),
        ]
        for (state, port, code) in cases {
            let outcome = try network.join(state, port: port)
            #expect(outcome.status != 0 && outcome.diagnostics.contains("[\(code)]"), "\(outcome)")
            #expect(outcome.diagnostics.contains("hint: "))
        }
        #expect(try Self.names(folder.path) == ["occupied"] && Self.names(folder("occupied")) == ["file"])
        let usage = try Program("suishend").run(["--state", folder("state"), "--authority", "x"])
        #expect(usage.status == 64, "\(usage)")
        let both = try Program("suishend").run(["--state", folder("state"), "--join", "https://a:1", "--check-config"])
        #expect(both.status == 64, "\(both)")
        withExtendedLifetime(foreign) {}
    }

    @Test("is refused by an installation that one daemon alone can serve")
    func unshared() throws {
        let network = try NetworkDaemon("roles:\n  \(SharedNetwork.second): [daemon]")
        let client = try network.client(as: SharedNetwork.second)
        let key = "MCowBQYDK2VuAyEA3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="
        let refusal = #expect(throws: OperationError.self) { try client.ask(.joinDaemon, ["key": .string(key)]) }
        #expect(refusal?.code == "state_unshared" && refusal?.errorClass == .conflict)
        #expect(throws: OperationError.self) { try Settings(text: "roles:\n  1001: [daemon]\n") }
    }
}
