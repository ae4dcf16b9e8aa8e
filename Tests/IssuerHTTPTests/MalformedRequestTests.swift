import Encoding
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("A daemon that is asked nonsense", .serialized)
struct MalformedRequestTests {
    private static let changes: [(path: String, operation: IssuerOperation)] = [
        ("/v1/persons", .registerPerson), ("/v1/enterprises", .registerEnterprise), ("/v1/objects", .registerObject),
        ("/v1/codes", .issue), ("/v1/revocations", .revoke), ("/v1/events", .appendEvent),
        ("/v1/erasures", .eraseEvent), ("/v1/links", .askLink), ("/v1/bundle", .exportBundle),
        ("/v1/keys/rotate", .rotateKey), ("/v1/keys/retire", .retireKey), ("/v1/keys/compromise", .compromiseKey),
    ]
    private static let inquiries = Route.table.filter { $0.method == .get }.map { route in
        route.pattern.text.split(separator: "/").map { $0.hasPrefix("{") ? "%00" : "\($0)" }
            .reduce("") { "\($0)/\($1)" }
    }

    /// What no route takes for a request.
    private static let bodies = [
        "", " ", "null", "1", "\"x\"", "[]", "[{}]", "{", "{}}", "{\"a\":1}", "{\"\":1}", "{'a':1}", "{\"a\":NaN}",
        "\u{FEFF}{}", "{\"a\":1,\"a\":1}", String(repeating: "[", count: 60_000),
        String(repeating: "{\"a\":", count: 10_000), "{\"\0\":1}", "\0",
    ]
    /// What a member may be given that most do not take.
    private static let values = [
        "1", "-1", "1.5", "123456789012345678901234567890", "1e999", "-0", "9223372036854775807", "true", "[]", "[[]]",
        "[\"\"]", "{}", "{\"a\":{}}", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"x\"", "\"\u{202E}\"",
        "\"" + String(repeating: "x", count: 60_000) + "\"",
    ]
    private static let queries = [
        "?", "?x=1", "?limit=x", "?limit=-1", "?limit=0", "?limit=99999999999999999999", "?limit=1&limit=1",
        "?from=1.5", "?%zz=1", "?=", "?&&", "?with=%00",
    ]

    @Test("is never at a loss: each answer says what is wrong and how to mend it, and none is the daemon's own failure")
    func table() throws {
        let daemon = try HTTPDaemon(Installation())
        let connection = try DaemonConnection(daemon)
        for (path, operation) in Self.changes {
            for body in Self.bodies { try check(connection, "POST", path, body, isRefused: true) }
            for member in operation.members.sorted() {
                for value in Self.values {
                    try check(connection, "POST", path, "{\"\(member)\":\(value)}", isRefused: false)
                }
            }
            try check(connection, "POST", path, "{\"\(operation.members.min() ?? "")\":1,\"more\":1}", isRefused: true)
            for method in ["GET", "PUT", "DELETE", "PATCH"] {
                try check(connection, method, path, "{}", isRefused: true)
            }
        }
        for path in Self.inquiries {
            for query in Self.queries { try check(connection, "GET", path + query, "", isRefused: false) }
            for method in ["POST", "DELETE"] { try check(connection, method, path, "{}", isRefused: true) }
        }
        for path in ["/", "/v1", "/v1/persons/", "//v1/persons", "/v2/persons", "/v1/objects/%zz/history", "/../etc"] {
            try check(connection, "GET", path, "", isRefused: true)
            try check(connection, "POST", path, "{}", isRefused: true)
        }
        let health = try connection.exchange("GET", "/v1/health", "")
        #expect(health.status == 200)
    }

    @Test("reads no more than it takes, and goes on with the next request")
    func tooLong() throws {
        let daemon = try HTTPDaemon(Installation())
        let connection = try DaemonConnection(daemon)
        let long = "{\"name\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
        for (path, _) in Self.changes {
            let answer = try connection.exchange("POST", path, long)
            #expect(answer.status == 413 && answer.code == "request_too_long", "\(path): \(answer)")
        }
        #expect(try connection.exchange("GET", "/v1/health", "").status == 200)
        let client = try IssuerClient(path: daemon.socket)
        let lines = try client.ask(.registerPerson, lines: Self.bodies.map { Array($0.utf8) })
        let codes = Set(lines.map { $0["error"]?["code"]?.string })
        #expect(codes == ["request_malformed"])
    }

    private func check(
        _ connection: DaemonConnection, _ method: String, _ path: String, _ body: String, isRefused: Bool
    ) throws {
        let answer = try connection.exchange(method, path, body)
        let asked = "\(method) \(path) \(body.prefix(80))"
        #expect(answer.status < 500 && (!isRefused || answer.status >= 400), "\(asked): \(answer)")
        guard answer.status >= 400 else { return }
        let isCode = answer.code.map { code in
            !code.isEmpty && code.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        }
        #expect(isCode == true && answer.hint?.isEmpty == false, "\(asked): \(answer)")
    }
}

extension DaemonConnection {
    /// An answer: its status, and of a refusal the code and the hint.
    struct Answer {
        let status: Int
        let code: String?
        let hint: String?
    }

    /// Asks, and reads the whole answer.
    func exchange(_ method: String, _ path: String, _ body: String) throws -> Answer {
        let head = "\(method) \(path) HTTP/1.1\r\nHost: d\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        try send(head + body)
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while true {
            let piece = try read()
            guard !piece.isEmpty else { throw Refused(what: "the answer to \(method) \(path)", of: 0) }
            bytes += piece
            guard let start = bytes.firstRange(of: end) else { continue }
            let head = String(decoding: bytes[..<start.lowerBound], as: UTF8.self).split(separator: "\r\n")
            let length = head.first { $0.lowercased().hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) }
            let content = bytes[start.upperBound...]
            guard content.count >= (length ?? 0) else { continue }
            let error = try? JSONValue.parse(Array(content), byteCountMax: 1 << 24)["error"]
            return Answer(
                status: head.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0, code: error?["code"]?.string,
                hint: error?["hint"]?.string)
        }
    }
}
