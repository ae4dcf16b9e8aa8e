import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Storage
import TestSupport
import Testing

@Suite("A caller on another machine", .serialized)
struct NetworkCallerTests {
    private static let object = #"{"kind": "object", "manager": "91350100M000100Y43", "category": "park"}"#
    private static let objects = ["-d", object, "/v1/objects"]
    private static let desk = "desk.office.example"
    private static let auditor = "audit.office.example"

    @Test("has the roles of its name, and its lines of the trail have the name")
    func roles() throws {
        let network = try NetworkDaemon("roles:\n  \(Self.desk): [issuer:object]\n  \(Self.auditor): [auditor]")
        #expect(try network.ask(Self.objects, as: Self.desk).hasSuffix("\n200"))
        #expect(try network.ask(["/v1/audit"], as: Self.desk).hasSuffix("\n403"))
        #expect(try network.ask(Self.objects, as: Self.auditor).hasSuffix("\n403"))
        let trail = try network.ask(["/v1/audit"], as: Self.auditor)
        #expect(trail.hasSuffix("\n200"))
        let lines = try network.trail()
        let number = try #require(CallerIdentity(Self.desk)).number
        let registered = try #require(lines.first { $0["action"] == "object.register" })
        #expect(registered["uid"] == .integer(Int64(number)) && number > UInt64(UInt32.max))
        #expect(registered["detail"]?["caller"] == .string(Self.desk))
        let refused = lines.filter { $0["action"] == "refused" }
        #expect(
            Set(refused.map { $0["detail"]?["caller"]?.string }) == [Self.desk, Self.auditor],
            "each caller's refusals have its name")
        // The daemon's own user is as before.
        #expect(lines.contains { $0["action"] == "audit.read" && $0["uid"] == .integer(Int64(getuid())) })
    }

    @Test("has idempotency keys of its own, also beside a user of this machine")
    func idempotency() throws {
        let network = try NetworkDaemon(
            "roles:\n  \(Self.desk): [issuer:object]\n  second.office.example: [issuer:object]")
        func subject(_ answer: String) throws -> String {
            try #require(answer.split(separator: "\"").dropFirst(3).first.map(String.init), "\(answer)")
        }
        let keyed = ["-H", "Idempotency-Key: one"] + Self.objects
        let first = try subject(network.ask(keyed, as: Self.desk))
        #expect(try subject(network.ask(keyed, as: Self.desk)) == first)
        #expect(try subject(network.ask(keyed, as: "second.office.example")) != first)
        let local = try network.daemon.curl(
            ["-H", "Idempotency-Key: one", "-d", Self.object, "http://d/v1/objects"]
        ).output
        #expect(try subject(local) != first)
        // A restart forgets nothing.
        #expect(network.daemon.end(SIGTERM) == 0)
        unsafe unlink(network.installation.folder("suishend.log"))
        try network.daemon.start()
        #expect(try subject(network.ask(keyed, as: Self.desk)) == first)
    }

    @Test("has rates and quotas of its own")
    func limits() throws {
        let network = try NetworkDaemon(
            """
            roles:
              \(Self.desk): [issuer:object]
              second.office.example: [issuer:object]
            rates:
              \(Self.desk): [status.lists=1]
            quotas:
              \(Self.desk): [object=2]
            """)
        let subject = try #require(
            try network.ask(Self.objects, as: Self.desk).split(separator: "\"").dropFirst(3).first)
        let code = ["-d", "{\"subject\": \"\(subject)\"}", "/v1/codes"]
        for _ in 0..<2 { #expect(try network.ask(code, as: Self.desk).hasSuffix("\n200")) }
        let beyond = try network.ask(code, as: Self.desk)
        #expect(beyond.contains("\"quota_exceeded\"") && beyond.hasSuffix("\n429"))
        #expect(try network.ask(code, as: "second.office.example").hasSuffix("\n200"))
        let lists = ["/v1/status-lists"]
        #expect(try (0..<100).contains { _ in try network.ask(lists, as: Self.desk).hasSuffix("\n429") })
        #expect(try network.ask(["/v1/status-lists"], as: "second.office.example").hasSuffix("\n200"))
    }

    @Test("can be the second operator for a user of this machine, and never its own")
    func dualControl() throws {
        let network = try NetworkDaemon(
            "roles:\n  \(Self.desk): [operator]\n  second.office.example: [operator]\ndualControl: [exportDomainKeys]")
        let order = ["-d", #"{"domains": ["medical"]}"#, "/v1/bundle"]
        let asked = try network.ask(order, as: Self.desk)
        #expect(asked.hasSuffix("\n202"))
        let json = try JSONValue.parse(Array(asked.dropLast(4).utf8), byteCountMax: 1 << 16)
        #expect(json["askedBy"] == .string(Self.desk))
        let confirmation: JSONValue = ["request": json["request"] ?? .null, "digest": json["digest"] ?? .null]
        let confirm = ["-d", confirmation.encoded(), "/v1/confirmations"]
        let own = try network.ask(confirm, as: Self.desk)
        #expect(own.contains("\"confirmation_own\"") && own.hasSuffix("\n403"))
        #expect(try network.ask(confirm, as: "second.office.example").hasSuffix("\n200"))
        let line = try #require(try network.trail().first { $0["action"] == "confirmation.give" })
        #expect(line["detail"]?["askedBy"] == .string(Self.desk))
        #expect(line["detail"]?["caller"] == "second.office.example")
    }

    @Test("gets a whole batch, and an operator who takes its name out of the roles ends it at the next line")
    func batch() throws {
        let network = try NetworkDaemon("roles:\n  \(Self.desk): [issuer:object]\n  \(Self.auditor): [auditor]")
        let client = try network.client(as: Self.desk)
        let lines = Array(repeating: Array(Self.object.utf8), count: 700)
        let answers = try client.ask(.registerObject, lines: lines)
        #expect(answers.count == 700 && answers.allSatisfy { $0["subject"] != nil })
        let connection = try TLSConnection(network, as: Self.desk)
        try connection.send(
            "POST /v1/objects HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: \(2 * (Self.object.utf8.count + 1))\r\n\r\n\(Self.object)\n")
        #expect(try connection.read(until: "}\n\r\n").contains("\"subject\""))
        try network.rewrite("roles:\n  \(Self.auditor): [auditor]")
        try network.until { try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n403") }
        try connection.send(Self.object + "\n")
        #expect(try connection.read(until: "0\r\n\r\n").contains("\"not_permitted\""))
    }
}
