import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("An answer that is kept for a repeated request", .serialized)
struct KeptAnswerTests {
    /// The files of the registry in which a text can be read.
    private static func files(of installation: Installation, with text: String) throws -> [String] {
        try installation.registryFiles().filter { _, bytes in bytes.contains(Array(text.utf8)) }.keys.sorted()
    }

    @Test("is the first answer again, and cannot be read in the registry's files")
    func sealed() throws {
        let installation = try Installation()
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let person = try #require(try client.ask(.registerPerson, ["residentId": "11010519491231002X"])["subject"])
        let order: JSONValue = ["subject": person, "kind": "paper"]
        let code = try client.ask(.issue, order, idempotencyKey: "once")
        let text = try #require(code["text"]?.string)
        #expect(daemon.end(SIGKILL) == SIGKILL)
        #expect(try Self.files(of: installation, with: text).isEmpty)
        // What the search can find is there: the name of the list in which the code has its place.
        #expect(try !Self.files(of: installation, with: "SH-person-").isEmpty)
        try daemon.start()
        let again = try IssuerClient(path: daemon.socket).ask(.issue, order, idempotencyKey: "once")
        #expect(again == code)
    }

    @Test("is gone after 48 hours, and its key then gets a new answer")
    func ended() async throws {
        let installation = try Installation()
        let now = UInt64(time(nil))
        let person: JSONValue
        let codes: [JSONValue]
        do {
            let service = try installation.open()
            func ask(_ operation: IssuerOperation, _ body: JSONValue, at time: UInt64, _ key: String?) async throws
                -> JSONValue
            {
                try await service.perform(
                    operation, body,
                    by: .init(uid: getuid(), grants: .everything, nowMilliseconds: time * 1000, idempotencyKey: key))
            }
            // A person's codes differ from one another; an object's code is the same again.
            person = try #require(
                try await ask(.registerPerson, ["residentId": "11010519491231002X"], at: now, nil)["subject"])
            // More than one transaction deletes.
            for number in 0..<1200 {
                _ = try await ask(.registerPerson, ["residentId": "11010519491231002X"], at: now - 172_900, "\(number)")
            }
            codes = [
                try await ask(.issue, ["subject": person, "kind": "paper"], at: now - 172_900, "old"),
                try await ask(.issue, ["subject": person, "kind": "paper"], at: now - 172_000, "young"),
            ]
        }
        let daemon = try HTTPDaemon(installation)
        func count() throws -> String {
            try HTTPDaemon.run([
                "sqlite3", "-readonly", installation.state.registry, "SELECT count(*) FROM idempotency",
            ])
            .output
        }
        for _ in 0..<3000 where try count() != "1\n" { usleep(10_000) }
        #expect(try count() == "1\n")
        let client = try IssuerClient(path: daemon.socket)
        #expect(try client.ask(.issue, ["subject": person, "kind": "paper"], idempotencyKey: "young") == codes[1])
        #expect(
            try client.ask(.issue, ["subject": person, "kind": "paper"], idempotencyKey: "old")["cti"]
                != codes[0]["cti"])
    }
}
