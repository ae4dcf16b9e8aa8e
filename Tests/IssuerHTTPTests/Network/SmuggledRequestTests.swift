import Encoding
import Glibc
import IssuerTestSupport
import TestSupport
import Testing

/// A connection of either kind.
private protocol RequestConnection {
    func send(_ text: String) throws
    func readToEnd(pauseMicroseconds: UInt32) throws -> String
}

extension DaemonConnection: RequestConnection {}
extension TLSConnection: RequestConnection {}

/// Requests whose ends a proxy and the daemon could see in different places (RFC 9112 §11.2).
@Suite("A request with another hidden in it", .serialized)
struct SmuggledRequestTests {
    private static let object = #"{"kind":"object","manager":"91350100M000100Y43","category":"park"}"#
    private static let hidden =
        "POST /v1/objects HTTP/1.1\r\nHost: d\r\nContent-Length: \(object.utf8.count)\r\n\r\n\(object)"

    /// Each begins with a harmless head; what is hidden would register an object.
    private static let requests: [(name: String, text: String)] = {
        func post(_ fields: String, _ body: String) -> String {
            "POST /v1/revocations HTTP/1.1\r\nHost: d\r\n\(fields)\r\n\r\n\(body)"
        }
        let chunk = "0\r\n\r\n"
        let long = chunk.utf8.count + hidden.utf8.count
        return [
            ("two lengths", post("Content-Length: 0\r\nContent-Length: \(hidden.utf8.count)", hidden)),
            ("a list of lengths", post("Content-Length: 0, \(hidden.utf8.count)", hidden)),
            ("a negative length", post("Content-Length: -1", hidden)),
            ("a length with a sign", post("Content-Length: +0", hidden)),
            ("a length in hexadecimal digits", post("Content-Length: 0x0", hidden)),
            ("a length over every number", post("Content-Length: 99999999999999999999999999", hidden)),
            ("chunks and a length", post("Transfer-Encoding: chunked\r\nContent-Length: \(long)", chunk + hidden)),
            ("a length and chunks", post("Content-Length: \(long)\r\nTransfer-Encoding: chunked", chunk + hidden)),
            ("an unknown coding", post("Transfer-Encoding: xchunked", chunk + hidden)),
            ("a coding after chunked", post("Transfer-Encoding: chunked, identity", chunk + hidden)),
            ("chunked twice", post("Transfer-Encoding: chunked, chunked", chunk + hidden)),
            ("a space before the colon", post("Transfer-Encoding : chunked", chunk + hidden)),
            ("a folded field", post("Transfer-Encoding:\r\n chunked", chunk + hidden)),
            ("a control character", post("Transfer-Encoding: \u{0B}chunked", chunk + hidden)),
            ("a chunk's size over every number", post("Transfer-Encoding: chunked", "fffffffffffffffff0\r\n" + hidden)),
            ("a chunk's size with a sign", post("Transfer-Encoding: chunked", "-1\r\n" + hidden)),
            ("a chunk without its end", post("Transfer-Encoding: chunked", "1\r\nab\r\n0\r\n\r\n" + hidden)),
            ("a bare carriage return", post("X: a\rContent-Length: 0", hidden)),
            ("a zero byte", post("X: a\0\r\nContent-Length: 0", hidden)),
        ]
    }()

    @Test("is never carried out, on either socket", arguments: [false, true])
    func table(overTLS: Bool) throws {
        let desk = "desk.office.example"
        let network = try NetworkDaemon(
            "roles:\n  \(desk): [issuer:object, operator]\n  0: [issuer, operator, auditor]")
        func connect() throws -> any RequestConnection {
            overTLS ? try TLSConnection(network, as: desk) : try DaemonConnection(network.daemon)
        }
        // The hidden request alone is a good one.
        let good = try connect()
        try good.send(Self.hidden.replacing("Host: d", with: "Host: d\r\nConnection: close"))
        #expect(try good.readToEnd(pauseMicroseconds: 0).contains("subject"))
        for (name, text) in Self.requests {
            let connection = try connect()
            // The last request closes the connection, so that the answers have an end.
            try? connection.send(text + "GET /v1/health HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n")
            let answer = try connection.readToEnd(pauseMicroseconds: 0)
            #expect(!answer.contains("\"subject\""), "\(name): \(answer)")
        }
        let trail = try network.trail().filter { $0["action"] == "object.register" }
        #expect(trail.count == 1)
    }
}
