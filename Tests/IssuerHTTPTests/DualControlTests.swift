import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing

@testable import Gate

@Suite(
    "Acts of two operators", .serialized,
    .enabled(if: getuid() == 0, "the second operator is another user, whom only root can become"))
struct DualControlTests {
    private static let acts = "exportDomainKeys, publishRoot, compromiseKey"

    private let daemon: HTTPDaemon
    private var folder: ScratchFolder { daemon.installation.folder }

    /// Root asks; 40001 and 40002 are operators too, and 40003 is an auditor.
    init() throws {
        daemon = try HTTPDaemon.open(
            "roles:\n  40001: [operator]\n  40002: [operator]\n  40003: [auditor]\ndualControl: [\(Self.acts)]")
    }

    private func ask(
        _ path: String, _ body: JSONValue, as uid: Int
    ) throws -> (status: Int, answer: JSONValue) {
        let output = try daemon.ask(["-d", body.encoded(), "http://d\(path)"], as: uid)
        let parts = output.split(separator: "\n").map(String.init)
        let status = try #require(parts.last.flatMap { Int($0) }, "\(output)")
        return (status, try JSONValue.parse(Array(parts[0].utf8), byteCountMax: 64 << 20))
    }

    private func confirm(_ asked: JSONValue, as uid: Int) throws -> (status: Int, answer: JSONValue) {
        try ask(
            "/v1/confirmations", ["request": asked["request"] ?? .null, "digest": asked["digest"] ?? .null], as: uid)
    }

    private func suishen(_ words: [String], as uid: Int? = nil) throws -> Program.Outcome {
        let user = uid.map { ["setpriv", "--reuid", "\($0)", "--regid", "65534", "--clear-groups"] } ?? []
        return try Program(path: "/usr/bin/env").run(
            user + ["\(HTTPDaemon.binaries)/suishen"] + words + ["--socket", daemon.socket])
    }

    private func trail(_ action: String) throws -> [JSONValue] {
        let lines = try IssuerClient(path: daemon.socket).ask(.readAudit, [:])["lines"]?.array ?? []
        return lines.filter { $0["action"] == .string(action) }
    }

    private func firstKey() throws -> JSONValue {
        try #require(keys().first)
    }

    private func keys() throws -> [JSONValue] {
        try IssuerClient(path: daemon.socket).ask(.listKeys, [:])["keys"]?.array ?? []
    }

    @Test("export a domain's keys by the commands: one asks, another confirms, and the asker alone gets the bundle")
    func export() throws {
        let out = folder("bundle")
        let asked = try suishen(["bundle", "export", "--out", out, "--domain", "medical", "--json"])
        #expect(asked.status == 75 && asked.output.isEmpty && !ProjectFiles.exists(out))
        #expect(asked.diagnostics.contains("[confirmation_needed]"))
        // The time is written as everywhere, and the command that fetches the bundle is whole.
        #expect(asked.diagnostics.contains(".000Z") && asked.diagnostics.contains("export --out DIR --request "))
        let list = try suishen(["confirm", "--json"], as: 40001)
        let request = try JSONValue.parse(Array(list.output.utf8), byteCountMax: 9999)
        let name = try #require(request["request"]?.string)
        #expect(request["state"] == "waiting" && request["act"] == "exportDomainKeys" && request["askedBy"] == 0)
        #expect(request["particulars"] == ["domains": ["medical"]] && asked.diagnostics.contains("confirm \(name)"))
        let own = try suishen(["confirm", name])
        #expect(own.status == 1 && own.diagnostics.contains("[confirmation_own]"))
        let early = try suishen(["bundle", "export", "--out", out, "--request", name])
        #expect(early.status == 75 && early.diagnostics.contains("[confirmation_waiting]") && !ProjectFiles.exists(out))
        let given = try suishen(["confirm", name, "--json"], as: 40001)
        #expect(given.status == 0 && given.output.contains("\"done\"") && !given.output.contains("files"))
        let again = try suishen(["confirm", name], as: 40002)
        #expect(again.status == 1 && again.diagnostics.contains("[confirmation_given]"))
        let thief = try suishen(["bundle", "export", "--out", "/tmp/none-\(getpid())", "--request", name], as: 40001)
        #expect(thief.status == 1 && thief.diagnostics.contains("[confirmation_unknown]"))
        let fetched = try suishen(["bundle", "export", "--out", out, "--request", name])
        #expect(fetched.status == 0 && ProjectFiles.exists(out + "/epoch-keys.cbor"), "\(fetched.diagnostics)")
        #expect(try trail("bundle.export").map { $0["uid"] } == [0])
        let line = try #require(try trail("confirmation.give").first)
        #expect(line["uid"] == 40001 && line["detail"]?["askedBy"] == 0 && line["subject"] == "exportDomainKeys")
        // A bundle without domains needs nobody else.
        #expect(try suishen(["bundle", "export", "--out", folder("plain")]).status == 0)
    }

    @Test("are told over HTTP by 202, and refused to roles that may not confirm")
    func interface() throws {
        let (status, asked) = try ask("/v1/bundle", ["domains": ["transit"]], as: 40001)
        #expect(status == 202 && asked["state"] == "waiting" && asked["files"] == nil)
        #expect(try confirm(asked, as: 40003).status == 403 && confirm(asked, as: 40001).status == 403)
        #expect(try daemon.ask(["http://d/v1/confirmations"], as: 40003).contains(asked["request"]?.string ?? "-"))
        let (done, answer) = try confirm(asked, as: 40002)
        #expect(done == 200 && answer["state"] == "done" && answer["files"] == nil)
        let name: JSONValue = ["request": asked["request"] ?? .null]
        #expect(try ask("/v1/confirmations/answer", name, as: 40002).status == 404)
        let (fetched, bundle) = try ask("/v1/confirmations/answer", name, as: 40001)
        #expect(fetched == 200 && bundle["files"]?.array?.isEmpty == false)
        #expect(try trail("bundle.export").map { $0["uid"] } == [40001])
    }

    @Test("strike a key, which the asker cannot do alone or by another way")
    func compromise() throws {
        let key = try firstKey()
        let kid = try #require(key["kid"]?.string)
        let alone = try suishen(["key", "compromise", kid])
        #expect(alone.status == 75 && alone.diagnostics.contains("[confirmation_needed]"))
        #expect(try firstKey()["status"] == "active")
        let (_, asked) = try ask("/v1/keys/compromise", ["kid": .string(kid)], as: 40001)
        #expect(try firstKey()["status"] == "active")
        let (status, answer) = try confirm(asked, as: 40002)
        #expect(status == 200 && answer["particulars"]?["kid"] == .string(kid))
        #expect(try keys().first { $0["kid"] == .string(kid) }?["status"] == "compromised")
        #expect(try confirm(asked, as: 40002).answer["error"]?["code"] == "confirmation_given")
    }

    @Test("register a gate with a domain, since its holder gets the domain's keys; one without needs nobody else")
    func gate() throws {
        let gateFolder = try ScratchFolder()
        let keys = try GateKeys(makingMissingIn: gateFolder.path, suite: .ed25519)
        let root = try SigningKey(contentsOf: daemon.installation.state.rootKeyFile).verificationKey
        let request = try GateRequest(
            name: "gate", signingKey: keys.signing, receivingKey: keys.receiving.publicKey,
            rootDigest: RootSource.digest(of: root), issuedAt: UInt64(time(nil)))
        func order(_ domains: JSONValue) -> JSONValue {
            ["request": request.json, "scenes": ["metro-gate"], "domains": domains, "site": "north hall"]
        }
        // Also as a line of a batch.
        let batch = try daemon.ask(
            [
                "-H", "Content-Type: application/x-ndjson", "--data-binary", order(["medical"]).encoded() + "\n",
                "http://d/v1/gates",
            ], as: 40001)
        #expect(batch.contains("\"waiting\"") && batch.contains("\"north hall\""))
        #expect(try IssuerClient(path: daemon.socket).ask(.listGates, [:])["gates"] == [])
        let (status, asked) = try ask("/v1/gates", order(["transit"]), as: 40001)
        #expect(status == 202 && asked["particulars"]?["fingerprint"] != nil)
        #expect(try confirm(asked, as: 40002).status == 200)
        let gates = try IssuerClient(path: daemon.socket).ask(.listGates, [:])["gates"]?.array ?? []
        #expect(gates.count == 1 && gates[0]["domains"] == ["transit"])
        #expect(try trail("gate.register").map { $0["uid"] } == [40001])
    }

    @Test("put a root document into force, which no command does on the files")
    func roots() throws {
        let state = daemon.installation.state.path
        func root(_ words: [String]) throws -> Program.Outcome { try Program("suishen").run(["root"] + words) }
        let before = try ProjectFiles.bytes(state + "/roots.cbor")
        let made = try Program("suishen").run(["device", "keygen", "--out", folder("a.pem")])
        #expect(made.status == 0)
        let new = try root(["new", "--from", state, "--out", folder("doc"), "--add-root", folder("a.pub.pem")])
        #expect(new.status == 0, "\(new.diagnostics)")
        for key in [state + "/keys/root.pem", folder("a.pem")] {
            _ = try root(["sign", folder("doc"), "--key", key, "--out", folder("copy")])
            _ = try Program(path: "/bin/mv").run([folder("copy"), folder("doc")])
        }
        // The daemon of this test has a socket elsewhere, so none answers in the folder.
        let direct = try root(["join", folder("doc"), "--state", state])
        #expect(direct.status == 1 && direct.diagnostics.contains("[confirmation_daemon_only]"), "\(direct)")
        let begun = try root(["join", folder("doc"), "--socket", daemon.socket])
        #expect(begun.status == 75 && begun.diagnostics.contains("[confirmation_needed]"), "\(begun)")
        #expect(try ProjectFiles.bytes(state + "/roots.cbor") == before)
        let list = try daemon.ask(["http://d/v1/confirmations"], as: 40001).split(separator: "\n")[0]
        let asked = try #require(
            try JSONValue.parse(Array(list.utf8), byteCountMax: 99_999)["requests"]?.array?.first)
        #expect(asked["act"] == "publishRoot" && asked["particulars"]?["version"] == 2)
        #expect(try confirm(asked, as: 40001).status == 200)
        let after = try ProjectFiles.bytes(state + "/roots.cbor")
        #expect(after != before && after.count > before.count)
        #expect(try trail("root.publish").map { $0["detail"]?["version"] } == [2])
    }

    @Test("cannot be done on the files without a daemon, and a restart voids what was asked")
    func restart() throws {
        let (_, asked) = try ask("/v1/bundle", ["domains": ["medical"]], as: 40001)
        _ = daemon.end(SIGKILL)
        for words in [
            ["bundle", "export", "--out", folder("none"), "--domain", "medical"],
            ["key", "compromise", "00"], ["root", "begin"],
        ] {
            let refused = try Program("suishen").run(words + ["--state", daemon.installation.state.path])
            let codes = ["[confirmation_daemon_only]", "[key_unknown]", "[roots_exist]"]
            #expect(refused.status == 1 && codes.contains { refused.diagnostics.contains($0) }, "\(refused)")
        }
        #expect(!ProjectFiles.exists(folder("none")))
        try daemon.start()
        #expect(try confirm(asked, as: 40002).answer["error"]?["code"] == "confirmation_unknown")
        let kid = try #require(try firstKey()["kid"]?.string)
        _ = daemon.end(SIGTERM)
        let direct = try Program("suishen").run(["key", "compromise", kid, "--state", daemon.installation.state.path])
        #expect(direct.status == 1 && direct.diagnostics.contains("[confirmation_daemon_only]"))
        try daemon.start()
        #expect(try firstKey()["status"] == "active")
        #expect(try trail("confirmation.ask").count == 1, "what was asked stays in the trail")
    }
}
