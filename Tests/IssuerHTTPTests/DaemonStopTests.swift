import CLinux
import Encoding
import Foundation
import Glibc
import IssuerTestSupport
import TestSupport
import Testing

@Suite("A daemon that is told to end", .serialized)
struct DaemonStopTests {
    private static let object = #"{"kind": "object", "manager": "91350100M000100Y43", "category": "park"}"#

    @Test("answers whoever had asked by then, on a connection that it has not accepted yet too")
    func answersWhatWaits() throws {
        let daemon = try HTTPDaemon(Installation.patient())
        let known = try (0..<8).map { _ in try DaemonConnection(daemon) }
        for connection in known {
            try connection.post("/v1/objects", Self.object)
            #expect(try String(decoding: connection.read(), as: UTF8.self).contains("subject"))
        }
        try daemon.pause()
        let fresh = try (0..<40).map { _ in try DaemonConnection(daemon) }
        let silent = try DaemonConnection(daemon)
        for connection in known + fresh { try connection.post("/v1/objects", Self.object) }
        kill(daemon.process, SIGTERM)
        daemon.goOn()
        for connection in known + fresh {
            let answer = try connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.contains("subject"), "\(answer)")
        }
        #expect(try silent.readToEnd().isEmpty)
        #expect(daemon.ended() == 0)
    }

    @Test("ends, whichever of its threads the kernel gives the signal")
    func everyThread() throws {
        let daemon = try HTTPDaemon(Installation.patient())
        let count = try daemon.stoppableThreads.count
        #expect(count > 0)
        for index in 0..<count {
            if index > 0 { try daemon.start() }
            let threads = try daemon.stoppableThreads.sorted()
            #expect(tgkill(daemon.process, threads[min(index, threads.count - 1)], SIGTERM) == 0)
            #expect(daemon.ended() == 0)
        }
    }

    @Test("gives a reader who dawdles the whole of an answer")
    func slowReader() throws {
        let daemon = try HTTPDaemon(Installation.patient())
        let connection = try DaemonConnection(daemon)
        let lineCount = 8_000
        // More than the daemon reads ahead of its answers, so that somebody else has to send it.
        let body = String(repeating: Self.object + "\n", count: lineCount)
        Thread.detachNewThread { try? connection.post("/v1/objects", type: "application/x-ndjson", body) }
        var answer = try String(decoding: connection.read(4096), as: UTF8.self)
        kill(daemon.process, SIGTERM)
        answer += try connection.readToEnd(pauseMicroseconds: 2_000)
        #expect(answer.split(separator: "\"subject\"").count == lineCount + 1)
        #expect(answer.hasSuffix("\r\n0\r\n\r\n"))
        #expect(daemon.ended() == 0)
    }

    @Test("says that a connection ends with the answer, and ends one whose client is half way through its head")
    func saysSo() throws {
        let daemon = try HTTPDaemon(Installation.patient())
        let asking = try DaemonConnection(daemon)
        let body = Self.object
        let head = "POST /v1/objects HTTP/1.1\r\nHost: d\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        try asking.send(head + String(body.dropLast()))
        let stuck = try DaemonConnection(daemon)
        try stuck.send("GET /v1/health HTTP/1.1\r\nHo")
        // Both are served once a request after them is answered.
        #expect(try daemon.curl(["http://d/v1/health"]).output.hasSuffix("200"))
        kill(daemon.process, SIGTERM)
        _ = try stuck.readToEnd()
        try asking.send(String(body.suffix(1)))
        let answer = try asking.readToEnd()
        #expect(answer.contains("subject") && answer.lowercased().contains("\r\nconnection: close\r\n"), "\(answer)")
        #expect(daemon.ended() == 0)
    }
}
