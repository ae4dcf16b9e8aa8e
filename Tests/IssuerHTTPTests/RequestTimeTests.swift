import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("The time of a request")
struct RequestTimeTests {
    private let daemon: HTTPDaemon
    private let order: String

    init() throws {
        daemon = try HTTPDaemon(Installation())
        let client = try IssuerClient(path: daemon.socket)
        let person = try #require(
            try client.ask(.registerPerson, ["residentId": "11010519491231002X"])["subject"]?.string)
        order = #"{"subject": "\#(person)", "kind": "timed", "lifetime": 20}"#
    }

    private static func expiry(_ answer: String) throws -> Int64 {
        try #require(try JSONValue.parse(Array(answer.utf8), byteCountMax: 1 << 16)["expiresAt"]?.integer)
    }

    /// Waits until the clock shows another second than it does now, and gives that.
    private static func laterSecond() -> Int64 {
        let before = time(nil)
        while time(nil) <= before { usleep(50_000) }
        return Int64(time(nil))
    }

    @Test("is when its own line came, however long ago the batch began")
    func line() throws {
        let connection = try RawConnection(to: daemon.socket)
        try connection.send(
            "POST /v1/codes HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-ndjson\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n")
        try connection.send(chunk: order + "\n")
        _ = try connection.object()
        let now = Self.laterSecond()
        try connection.send(chunk: order + "\n")
        #expect(try Self.expiry(connection.object()) >= now + 20)
    }

    @Test("is when it had come whole, however slowly it was sent")
    func slowBody() throws {
        let connection = try RawConnection(to: daemon.socket)
        try connection.send("POST /v1/codes HTTP/1.1\r\nHost: d\r\nContent-Length: \(order.utf8.count)\r\n\r\n")
        try connection.send(String(order.prefix(10)))
        // Another connection's answer shows that the daemon reads; its first bytes are long there by the next second.
        _ = try IssuerClient(path: daemon.socket).ask(.health, [:])
        let now = Self.laterSecond()
        try connection.send(String(order.dropFirst(10)))
        #expect(try Self.expiry(connection.object()) >= now + 20)
    }
}
