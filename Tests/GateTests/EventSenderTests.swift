import Dispatch
import Glibc
import Signing
import TestSupport
import Testing

@testable import Gate
@testable import Platform

/// A daemon that gives one answer to every request.
private final class FixedDaemon: Sendable {
    let path: String
    private let descriptor: Int32
    private let thread = DispatchGroup()

    init(in folder: ScratchFolder, status: Int, body: String) throws {
        path = folder("daemon.sock")
        let socket = UNIXSocket.make()
        descriptor = socket
        try #require(UNIXSocket.bind(socket, to: path) == 0 && listen(socket, 8) == 0)
        let answer = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        DispatchQueue.global().async(group: thread) {
            while case let connection = accept(socket, nil, nil), connection >= 0 {
                var request = [UInt8](repeating: 0, count: 1 << 16)
                _ = unsafe recv(connection, &request, request.count, 0)
                _ = unsafe send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        thread.wait()
        close(descriptor)
    }
}

@Suite("Sending a spool")
struct EventSenderTests {
    private static func error(_ code: String) -> String { #"{"error": {"code": "\#(code)"}}"# }

    private func report(status: Int, body: String) throws -> (report: EventSender.Report, left: Int) {
        let folder = try ScratchFolder()
        let spool = try EventSpool(path: folder("events.spool"))
        let event = RecordedEvent(
            object: [UInt8](repeating: 1, count: 16), template: .init(step: "inspecting"), time: 1_800_000_000)
        try spool.append(event, random: SystemRandom())
        let daemon = try FixedDaemon(in: folder, status: status, body: body)
        let report = try EventSender(endpoint: .socket(path: daemon.path)).send(spool)
        return (report, try spool.waiting().count)
    }

    @Test(
        "keeps an event when the daemon, its version or the gate's rights are at fault",
        arguments: [
            (500, "registry_corrupt"), (500, "unexpected"), (502, ""), (503, "disk_full"), (429, ""), (504, ""),
            (403, "not_permitted"), (404, "route_unknown"), (405, "method_not_allowed"), (302, ""),
        ])
    func keeps(status: Int, code: String) throws {
        let (report, left) = try report(status: status, body: Self.error(code))
        #expect(left == 1 && report.sentCount == 0 && report.refusals.isEmpty && report.failure != nil)
    }

    @Test(
        "moves an event away only when the event itself is refused",
        arguments: [(400, "unknown_term"), (404, "subject_unknown"), (409, "idempotency_mismatch"), (413, "x")])
    func refused(status: Int, code: String) throws {
        let (report, left) = try report(status: status, body: Self.error(code))
        #expect(left == 0 && report.refusals == [code] && report.failure == nil)
    }
}
