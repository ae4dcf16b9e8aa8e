import IssuerTestSupport
import TestSupport
import Testing

@Suite("A request whose client waits before it sends the body", .serialized)
struct ExpectationTests {
    private static let body = #"{"kind":"object","manager":"91350100M000100Y43","category":"park"}"#

    private static func head(_ path: String, byteCount: Int, type: String = "application/json") -> String {
        "POST \(path) HTTP/1.1\r\nHost: d\r\nContent-Type: \(type)\r\nContent-Length: \(byteCount)\r\n"
            + "Expect: 100-continue\r\n\r\n"
    }

    private let daemon: HTTPDaemon
    private let connection: DaemonConnection

    init() throws {
        daemon = try HTTPDaemon(Installation())
        connection = try DaemonConnection(daemon)
    }

    private func read(until ending: String) throws -> String {
        var text = ""
        while !text.hasSuffix(ending) {
            let piece = try connection.read()
            guard !piece.isEmpty else { throw MissingFile(path: "an answer after \(text)") }
            text += String(decoding: piece, as: UTF8.self)
        }
        return text
    }

    @Test("is invited at once when its head can be answered, and then answered", arguments: ["json", "x-ndjson"])
    func invited(type: String) throws {
        let body = Self.body + "\n"
        for _ in 0..<2 {
            try connection.send(
                Self.head("/v1/objects", byteCount: body.utf8.count, type: "application/\(type)"))
            #expect(try read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try connection.send(body)
            let answer = try read(until: type == "json" ? "}\n" : "0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.contains("\"subject\""), "\(answer)")
        }
    }

    @Test(
        "is refused without an invitation when its head cannot be answered, and the connection ends",
        arguments: [
            ("/v1/objects", 65_537, 413), ("/v1/objects", .max, 413), ("/v1/nothing", 10, 404), ("/v1/health", 10, 405),
        ])
    func refused(path: String, byteCount: Int, status: Int) throws {
        try connection.send(Self.head(path, byteCount: byteCount))
        // The daemon ends the connection, since a body that comes after all would be taken for a request.
        let answer = try connection.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && !answer.contains("100 Continue"), "\(answer)")
        #expect(answer.split(separator: "HTTP/1.1 ").count == 1, "\(answer)")
    }

    @Test("may still come without that wait, and an announced length over the limit is refused before the body came")
    func unasked() throws {
        try connection.send("POST /v1/objects HTTP/1.1\r\nHost: d\r\nContent-Length: 70000\r\n\r\n")
        #expect(try read(until: "}\n").hasPrefix("HTTP/1.1 413 "))
        try connection.send(String(repeating: " ", count: 70_000))
        try connection.post("/v1/objects", Self.body)
        #expect(try read(until: "}\n").hasPrefix("HTTP/1.1 200 "))
    }
}
