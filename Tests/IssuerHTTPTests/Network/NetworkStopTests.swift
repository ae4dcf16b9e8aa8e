import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A daemon on the network that is told to end", .serialized)
struct NetworkStopTests {
    private static let desk = "desk.office.example"
    private static let tables = "roles:\n  \(desk): [issuer:object]"
    private static let object = #"{"kind": "object", "manager": "91350100M000100Y43", "category": "park"}"#

    private static func head(byteCount: Int, type: String = "application/json") -> String {
        "POST /v1/objects HTTP/1.1\r\nHost: d\r\nContent-Type: \(type)\r\nContent-Length: \(byteCount)\r\n\r\n"
    }

    @Test("answers what is under way on both sockets, and then takes nobody")
    func drains() throws {
        let network = try NetworkDaemon(Self.tables, stopTimeoutSeconds: 3600)
        let connections = try (0..<4).map { _ in try TLSConnection(network, as: Self.desk) }
        let local = try DaemonConnection(network.daemon)
        let head = Self.head(byteCount: Self.object.utf8.count)
        for connection in connections { try connection.send(head + Self.object.dropLast()) }
        try local.send(head + Self.object.dropLast())
        // All are being served once requests after them are answered.
        #expect(try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n200"))
        #expect(try network.daemon.curl(["http://d/v1/health"]).output.hasSuffix("200"))
        usleep(300_000)
        let port = try network.port
        kill(network.daemon.process, SIGTERM)
        try network.until { RunningProgram.connection(to: network.daemon.socket) == nil }
        try network.until { (try? WebConnection(port: port)) == nil }
        for connection in connections { try connection.send("}") }
        try local.send("}")
        for connection in connections {
            let answer = try connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.contains("subject"), "\(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"), "\(answer)")
        }
        #expect(try local.readToEnd().contains("subject"))
        #expect(network.daemon.ended() == 0)
    }

    @Test("gives a reader who dawdles the whole of an answer")
    func slowReader() throws {
        let network = try NetworkDaemon(Self.tables, stopTimeoutSeconds: 3600)
        let connection = try TLSConnection(network, as: Self.desk)
        let lineCount = 8_000
        let body = String(repeating: Self.object + "\n", count: lineCount)
        let request = Self.head(byteCount: body.utf8.count, type: "application/x-ndjson") + body
        Thread.detachNewThread { try? connection.send(request) }
        var answer = try String(decoding: connection.read(), as: UTF8.self)
        kill(network.daemon.process, SIGTERM)
        answer += try connection.readToEnd(pauseMicroseconds: 2_000)
        #expect(answer.split(separator: "\"subject\"").count == lineCount + 1)
        #expect(answer.hasSuffix("\r\n0\r\n\r\n"))
        #expect(network.daemon.ended() == 0)
    }

    @Test("ends though callers are silent, in the middle of a handshake or of a head")
    func silent() throws {
        let network = try NetworkDaemon(Self.tables, stopTimeoutSeconds: 3600)
        let port = try network.port
        let raw = try WebConnection(port: port)
        raw.send([0x16, 0x03, 0x01])
        let idle = try TLSConnection(network, as: Self.desk)
        let half = try TLSConnection(network, as: Self.desk)
        try half.send("GET /v1/health HTTP/1.1\r\nHo")
        #expect(try network.ask(["/v1/health"], as: Self.desk).hasSuffix("\n200"))
        let start = ContinuousClock.now
        kill(network.daemon.process, SIGTERM)
        #expect(network.daemon.ended() == 0)
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(try idle.readToEnd().isEmpty && raw.readToEnd().isEmpty)
    }
}
