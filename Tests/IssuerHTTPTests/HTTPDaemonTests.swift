import Credential
import Encoding
import Gate
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing

@Suite("A daemon on a socket", .serialized)
struct HTTPDaemonTests {
    private static let person = #"{"residentId": "11010519491231002X"}"#
    private static let object = #"{"kind": "object", "manager": "91350100M000100Y43", "category": "park"}"#

    @Test("answers every route with what it asks for")
    func routes() throws {
        let daemon = try HTTPDaemon(Installation())
        let client = try IssuerClient(path: daemon.socket)
        #expect(try client.ask(.registerPerson, ["residentId": "11010519491231002X"])["subject"]?.string?.count == 32)
        let enterprise = try client.ask(.registerEnterprise, ["uscc": "91350100M000100Y43", "name": "示例"])
        #expect(enterprise["subject"] != nil)
        let object = try client.ask(
            .registerObject, ["kind": "object", "manager": "91350100M000100Y43", "category": "park"])
        let subject = try #require(object["subject"])
        let code = try client.ask(.issue, ["subject": subject])
        #expect(code["text"]?.string?.hasPrefix("https://CODE.SUISHEN.EXAMPLE/O/") == true)
        #expect(try client.ask(.revoke, ["target": subject])["error"] == nil)
        let bundle = try client.ask(.exportBundle, ["domains": ["medical"], "lifetime": 3600])
        let files = try BundleExport(bundle).files
        #expect(files.last?.path == "bundle.cbor")
        #expect(files.contains { $0.path == "epoch-keys.cbor" && $0.mode == 0o400 })
        let key = try #require(try client.ask(.rotateKey, ["role": "status"])["kid"])
        let keys = try #require(try client.ask(.listKeys, [:])["keys"]?.array)
        #expect(keys.contains { $0["kid"] == key && $0["status"] == "active" })
        let statusKey = try #require(try client.ask(.readAudit, ["subject": key])["lines"]?.array)
        #expect(statusKey.map { $0["action"]?.string } == ["key.rotate"])
        let codes = try #require(try client.ask(.codeHistory, ["subject": subject, "limit": 5])["codes"]?.array)
        #expect(codes.count == 1 && codes[0]["revokedAt"]?.integer != nil)
        let list = try #require(codes[0]["statusList"])
        #expect(try client.ask(.statusLists, [:])["lists"]?.array?.contains { $0["list"] == list } == true)
        let index = Int(try #require(codes[0]["statusIndex"]?.integer))
        let path = daemon.installation.state.key("status-\(try #require(key.string)).pem")
        let signer = try SigningKey(contentsOf: path).verificationKey
        let token = try StatusListToken(client.fetch(.statusList, ["list": list])[...]) { $0.isSigned(by: signer) }
        #expect(token.list[index])
        #expect(try daemon.curl(["http://d/v1/health"]).output.hasSuffix("\n200"))
        let metrics = try daemon.curl(["http://d/metrics"]).output
        #expect(metrics.contains("suishend_requests_total{route=\"/v1/codes\",status=\"200\"} 1\n"))
    }

    @Test(
        "refuses with a status and a code",
        arguments: [
            (["http://d/nowhere"], "route_unknown", 404),
            (["http://d/v1/persons"], "method_not_allowed", 405),
            (["-d", "{", "http://d/v1/persons"], "request_malformed", 400),
            (["-d", #"{"residentId": "1"}"#, "http://d/v1/persons"], "resident_id_invalid", 400),
            (
                ["-d", #"{"name": "\#(String(repeating: "x", count: 70_000))"}"#, "http://d/v1/persons"],
                "request_too_long", 413
            ),
            (["-d", #"{"subject": "0000000000000000"}"#, "http://d/v1/codes"], "subject_unknown", 404),
            (["-d", #"{"target": "0000000000000000"}"#, "http://d/v1/revocations"], "code_unknown", 404),
            (["-d", #"{"domains": ["other"]}"#, "http://d/v1/bundle"], "request_malformed", 400),
            (["-H", "Idempotency-Key: k", "-d", "{}", "http://d/v1/bundle"], "idempotency_key_misplaced", 400),
        ])
    func refusals(_ arguments: [String], _ code: String, _ status: Int) throws {
        let daemon = try HTTPDaemon(Installation())
        let answer = try daemon.curl(arguments).output
        let lines = answer.split(separator: "\n")
        try #require(lines.last == "\(status)", "\(answer)")
        let error = try JSONValue.parse(Array(lines[0].utf8), byteCountMax: 1 << 16)["error"]
        #expect(error?["code"]?.string == code)
        #expect(error?["reason"]?.string?.isEmpty == false && error?["hint"]?.string?.isEmpty == false)
    }

    @Test("answers HEAD without a body, so that the next answer on the connection is read as one")
    func head() throws {
        let daemon = try HTTPDaemon(Installation())
        let connection = try RawConnection(to: daemon.socket)
        for path in ["/v1/health", "/nowhere"] {
            try connection.send("HEAD \(path) HTTP/1.1\r\nHost: d\r\n\r\nGET /v1/health HTTP/1.1\r\nHost: d\r\n\r\n")
            #expect(try connection.line().hasPrefix("HTTP/1.1 4"))
            while try !connection.line().isEmpty {}
            #expect(try connection.line() == "HTTP/1.1 200 OK")
            while try !connection.line().isEmpty {}
            #expect(try connection.line().contains("\"status\":\"ok\""))
        }
    }

    @Test("gives the first answer again for a repeated idempotency key")
    func idempotency() throws {
        let daemon = try HTTPDaemon(Installation())
        let client = try IssuerClient(path: daemon.socket)
        let request: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "park"]
        let first = try client.ask(.registerObject, request, idempotencyKey: "one")
        #expect(try client.ask(.registerObject, request, idempotencyKey: "one") == first)
        #expect(try client.ask(.registerObject, request, idempotencyKey: "two") != first)
    }

    @Test("answers a batch line by line, in order, each with its own result or error")
    func batch() throws {
        let daemon = try HTTPDaemon(Installation())
        let client = try IssuerClient(path: daemon.socket)
        var lines: [[UInt8]] = []
        for place in 0..<3_000 {
            lines.append(Array((place % 7 == 3 ? #"{"line": \#(place)}"# : Self.object).utf8))
        }
        lines[10] = [UInt8](repeating: 0x20, count: 70_000)
        let answers = try client.ask(.registerObject, lines: lines)
        let wrong = answers.enumerated().filter { place, answer in
            let wanted = place == 10 ? "request_too_long" : place % 7 == 3 ? "request_malformed" : nil
            return answer["error"]?["code"]?.string != wanted
        }
        #expect(wrong.map(\.offset) == [])
        #expect(Set(answers.compactMap { $0["subject"]?.string }).count == 3_000 - 429)
    }

    @Test("issues a batch of codes in the lines' order, each with an index of its own and a signature that holds")
    func codeBatch() throws {
        let daemon = try HTTPDaemon(Installation())
        let client = try IssuerClient(path: daemon.socket)
        let registered = try client.ask(.registerObject, lines: Array(repeating: Array(Self.object.utf8), count: 2_000))
        var subjects = registered.compactMap { $0["subject"]?.string }
        subjects[700] = "0000000000000000"
        let answers = try client.ask(.issue, lines: subjects.map { Array(#"{"subject": "\#($0)"}"#.utf8) })
        let key = try SigningKey(contentsOf: daemon.installation.state.key("issuer.pem")).verificationKey
        var indices: Set<UInt64> = []
        for (subject, answer) in zip(subjects, answers) where subject != subjects[700] {
            let code = try UnverifiedCredential(text: try #require(answer["text"]?.string))
            let object = try #require(try code.verified(by: key).claims.object)
            #expect(Hex.encode(object.id) == subject && answer["statusIndex"]?.integer == Int64(object.statusIndex))
            indices.insert(object.statusIndex)
        }
        #expect(indices.count == 1_999)
        #expect(answers[700]["error"]?["code"] == "subject_unknown")
    }

    @Test("is alone on its installation, and a second one leaves the first's socket be")
    func second() throws {
        let daemon = try HTTPDaemon(Installation())
        let second = try HTTPDaemon.run(["\(HTTPDaemon.binaries)/suishend", "--state", daemon.installation.state.path])
        #expect(second.status == 75)
        #expect(second.output.contains("[state_busy]"))
        let other = try Installation()
        let taking = try HTTPDaemon.run(
            ["\(HTTPDaemon.binaries)/suishend", "--state", other.state.path, "--socket", daemon.socket])
        #expect(taking.status == 1)
        #expect(taking.output.contains("[socket_in_use]"))
        #expect(IssuerClient.answers(at: daemon.socket))
    }

    @Test("ends cleanly on SIGTERM and removes its socket; a dead socket is replaced")
    func ends() throws {
        let daemon = try HTTPDaemon(Installation())
        #expect(daemon.end(SIGTERM) == 0)
        #expect(!ProjectFiles.exists(daemon.socket))
        try daemon.start()
        #expect(daemon.end(SIGKILL) == SIGKILL)
        #expect(ProjectFiles.exists(daemon.socket))
        try daemon.start()
        #expect(IssuerClient.answers(at: daemon.socket))
    }

    @Test("gives its socket to its own user alone")
    func socketMode() throws {
        let daemon = try HTTPDaemon(Installation())
        var status = stat()
        try #require(unsafe stat(daemon.socket, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }
}
