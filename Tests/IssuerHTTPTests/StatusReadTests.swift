import Encoding
import Gate
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("A status list that many ask for", .serialized)
struct StatusReadTests {
    private static let list = "SH-object-lasting"
    private static let readerCount = 40

    private let daemon: HTTPDaemon
    private let client: IssuerClient
    private let subject: JSONValue

    init() throws {
        let installation = try Installation()
        var settings = Settings()
        // A list of a million bits takes long enough that the requests meet.
        settings.statusHeadroomCount = 1 << 20
        try installation.write(settings)
        daemon = try HTTPDaemon(installation)
        client = try IssuerClient(path: daemon.socket)
        subject = .string(try client.registerBridge())
        // The first code opens the list's block.
        _ = try client.ask(.issue, ["subject": subject])
    }

    /// The answers to requests for the list that are all sent at once, while codes are issued and events appended.
    private func read(whileIssuing codeCount: Int) throws -> [[UInt8]] {
        let folder = daemon.installation.folder("read")
        unsafe mkdir(folder, 0o755)
        let url = "http://d/v1/status-lists/\(Self.list)"
        let transfers = (1...Self.readerCount).map { "-o \(folder)/\($0) \(url)" }.joined(separator: " ")
        let words = "curl -sSf -Z --parallel-immediate --unix-socket \(daemon.socket) \(transfers)"
        guard let reader = unsafe popen(words, "re") else { throw HTTPDaemon.NotStarted(reason: words) }
        for _ in 0..<codeCount { #expect(try client.ask(.issue, ["subject": subject])["text"] != nil) }
        #expect(unsafe pclose(reader) == 0)
        return try (1...Self.readerCount).map { try ProjectFiles.bytes("\(folder)/\($0)") }
    }

    private func head(_ words: [String] = []) throws -> (status: String, tag: String?) {
        let answer = try daemon.curl(
            words + ["-i", "-o", daemon.installation.folder("answer"), "http://d/v1/status-lists/\(Self.list)"])
        let lines = String(decoding: try ProjectFiles.bytes(daemon.installation.folder("answer")), as: UTF8.self)
        let tag = lines.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("etag: ") }
        return (String(answer.output.suffix(3)), tag.map { String($0.dropFirst(6)) })
    }

    @Test("is signed once, also for requests that come together and later, and codes are issued meanwhile")
    func once() throws {
        let first = try Set(read(whileIssuing: 20))
        #expect(first.count == 1)
        // Another second would show in the time of another signature.
        sleep(2)
        #expect(try Set(read(whileIssuing: 20)) == first)
    }

    @Test("shows a revocation as soon as it is answered, and so does its tag")
    func revocation() throws {
        let code = try client.ask(.issue, ["subject": subject])
        let index = Int(try #require(code["statusIndex"]?.integer))
        let before = try head()
        #expect(try head(["-H", "If-None-Match: \(before.tag ?? "")"]).status == "304")
        #expect(try head(["-H", "If-None-Match: \"other\", W/\(before.tag ?? "")"]).status == "304")
        #expect(try head(["-H", "If-None-Match: \"other\""]).status == "200")
        _ = try client.ask(.revoke, ["target": subject])
        let after = try head(["-H", "If-None-Match: \(before.tag ?? "")"])
        #expect(after.status == "200" && after.tag != nil && after.tag != before.tag)
        let token = try StatusListToken(client.fetch(.statusList, ["list": .string(Self.list)])[...]) { _ in true }
        #expect(token.list[index])
    }

    @Test("is signed anew by the key that signs from now on")
    func rotation() throws {
        let before = try head()
        _ = try client.ask(.rotateKey, ["role": "status"])
        #expect(try head().tag != before.tag)
        #expect(daemon.end(SIGTERM) == 0)
        try daemon.start()
        #expect(try head().status == "200")
    }

    @Test("that has no name is not there, however many ask")
    func unknown() throws {
        for _ in 0..<3 {
            #expect(try daemon.curl(["http://d/v1/status-lists/SH-nothing"]).output.hasSuffix("\n404"))
        }
    }
}
