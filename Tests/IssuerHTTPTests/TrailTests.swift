import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("The trail of a daemon", .serialized)
struct TrailTests {
    private static let person = #"{"residentId": "11010519491231002X"}"#

    private static func lines(_ client: IssuerClient, _ action: String) throws -> [JSONValue] {
        let lines = try #require(try client.ask(.readAudit, [:])["lines"]?.array)
        return lines.filter { $0["action"] == .string(action) }
    }

    @Test("says which domains' keys were exported, for how long, and in which bundle")
    func exports() throws {
        let daemon = try HTTPDaemon(Installation())
        let client = try IssuerClient(path: daemon.socket)
        _ = try client.ask(.exportBundle, ["domains": ["medical", "transit"], "lifetime": 3600])
        _ = try client.ask(.exportBundle, [:])
        let details = try Self.lines(client, "bundle.export").map { $0["detail"] }
        #expect(details.map { $0?["domains"] } == [["medical", "transit"], []])
        #expect(details.map { $0?["lifetimeSeconds"]?.integer } == [3600, 259_200])
        let versions = details.compactMap { $0?["version"]?.integer }
        #expect(versions.count == 2 && versions[0] < versions[1])
    }

    @Test("says who read of whom before the answer, and nothing of what was asked with")
    func reads() throws {
        let daemon = try HTTPDaemon(Installation())
        let client = try IssuerClient(path: daemon.socket)
        let subject = try #require(try client.ask(.registerPerson, ["residentId": "11010519491231002X"])["subject"])
        _ = try client.ask(.codeHistory, ["subject": subject])
        _ = try client.ask(.exportOpenings, [:])
        let identifier = "89abcdef0123456789abcdef"
        _ = try client.ask(.askLink, ["medical": .string(identifier), "transit": .string(identifier)])
        _ = try client.ask(.readAudit, ["subject": subject])
        for wrong in ["11010519491231002X", identifier] {
            #expect(throws: OperationError.self) { try client.ask(.codeHistory, ["subject": .string(wrong)]) }
            _ = try client.ask(.readAudit, ["subject": .string(wrong)])
        }
        // The lines between the first one and the last are read as well by whoever leaves the first one out.
        for from in [0, 1, 2] as [JSONValue] { _ = try client.ask(.readAudit, ["after": from]) }
        #expect(try Self.lines(client, "code.history").map { $0["subject"] } == [subject])
        #expect(try Self.lines(client, "openings.export").map { $0["subject"] } == ["log"])
        #expect(try Self.lines(client, "link.ask").map { $0["subject"] } == ["link"])
        let read = try Self.lines(client, "audit.read").map { $0["subject"] }
        #expect(read.filter { $0 != "trail" } == [subject, "other", "other"])
        #expect(read.prefix(6) == [subject, "other", "other", "trail", "trail", "trail"])
        let trail = try client.ask(.readAudit, [:]).encoded()
        #expect(!trail.contains("11010519491231002X") && !trail.contains(identifier))
    }

    @Test("has one line for a reading of all its pages, and another for every page that continues none")
    func pages() throws {
        let daemon = try HTTPDaemon(Installation())
        let client = try IssuerClient(path: daemon.socket)
        let subject = try #require(try client.ask(.registerPerson, ["residentId": "11010519491231002X"])["subject"])
        for _ in 0..<3 { _ = try client.ask(.codeHistory, ["subject": subject]) }
        func read(after number: JSONValue, _ more: JSONObject = [:]) throws -> JSONValue {
            var body: JSONObject = ["subject": subject, "after": number, "limit": 1]
            for member in more.members { body[member.key] = member.value }
            return try client.ask(.readAudit, .object(body))
        }
        func count() throws -> Int {
            try Self.lines(client, "audit.read").count { $0["subject"] == subject }
        }
        var next: JSONValue = 0
        for _ in 0..<6 {
            let page = try read(after: next)
            next = try #require(page["next"])
        }
        #expect(try count() == 1)
        _ = try read(after: 1)
        #expect(try count() == 2, "a page that begins elsewhere")
        _ = try read(after: next)
        #expect(try count() == 3, "the reading that it interrupted")
    }

    @Test(
        "says what was refused to whom, in few lines for however many refusals",
        .enabled(if: getuid() == 0, "who connects is tried as other users, which only root can become"))
    func refusals() throws {
        let installation = try Installation()
        var settings = try Settings(text: "roles:\n  40001: [issuer:object]")
        settings.socket.mode = 0o666
        try installation.write(settings)
        for path in [installation.folder.path, installation.state.path, installation.state.path + "/run"] {
            unsafe chmod(path, 0o755)
        }
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let known = try #require(
            try client.ask(.registerPerson, .parse(Array(Self.person.utf8), byteCountMax: 99))["subject"])
        let lineCount = 20_000
        let lines = String(repeating: "{\"subject\": \(known.encoded())}\n", count: lineCount)
        let file = try installation.folder.write(Array(lines.utf8), to: "lines", mode: 0o644)
        let batch = ["-H", "Content-Type: application/x-ndjson", "--data-binary", "@" + file, "http://d/v1/codes"]
        #expect(
            try daemon.ask(batch, as: 40001).split(separator: "\n").count { $0.contains("not_permitted") } == lineCount)
        #expect(try daemon.ask(["-d", Self.person, "http://d/v1/persons"], as: 40001).hasSuffix("\n403"))
        for path in ["v1/audit", "v1/11010519491231002X"] {
            #expect(try daemon.ask(["http://d/\(path)"], as: 40002).hasSuffix("\n403"))
        }
        // The first of each kind has its line at once.
        #expect(try Self.lines(client, "refused").map { $0["subject"] }.contains("POST /v1/persons"))
        #expect(daemon.end(SIGTERM) == 0)
        try daemon.start()
        let refused = try Self.lines(IssuerClient(path: daemon.socket), "refused")
        func count(_ uid: Int64, _ route: String) -> Int64 {
            refused.filter { $0["uid"]?.integer == uid && $0["subject"]?.string == route }
                .reduce(0) { $0 + ($1["detail"]?["count"]?.integer ?? 0) }
        }
        #expect(count(40001, "POST /v1/codes") == Int64(lineCount))
        #expect(count(40001, "POST /v1/persons") == 1)
        #expect(count(40002, "GET /v1/audit") == 1 && count(40002, "other") == 1)
        #expect(refused.allSatisfy { $0["detail"]?["code"] == "not_permitted" })
        // Two lines a minute, for however many minutes the batch took.
        #expect(refused.count <= 40, "\(refused.count)")
    }
}
