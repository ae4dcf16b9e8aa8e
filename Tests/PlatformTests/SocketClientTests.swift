import Dispatch
import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite("The client of a UNIX socket")
struct SocketClientTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func exchange(_ service: CountingService) -> HTTPExchange {
        HTTPExchange(endpoint: .socket(path: service.path), timeoutMilliseconds: 60_000)
    }

    private func get(_ exchange: HTTPExchange) throws -> String {
        String(decoding: try exchange.get(path: "/x", byteCountMax: 100).body, as: UTF8.self)
    }

    @Test("asks for files on one connection, one after the other")
    func kept() throws {
        let service = try CountingService(in: folder) { _ in .answer() }
        let exchange = exchange(service)
        for _ in 0..<5 { #expect(try get(exchange) == "ok") }
        #expect(service.connectionCount == 1)
        #expect(service.requests.allSatisfy { !$0.lowercased().contains("connection:") })
    }

    @Test("posts on a connection of its own, which is not kept")
    func posts() throws {
        let service = try CountingService(in: folder) { _ in .answer() }
        let exchange = exchange(service)
        #expect(try get(exchange) == "ok")
        for _ in 0..<2 { #expect(try exchange.post(path: "/x", body: []).status == 200) }
        #expect(try get(exchange) == "ok")
        #expect(service.connectionCount == 3)
        #expect(service.requests.filter { $0.contains("\r\nConnection: close\r\n") }.count == 2)
    }

    @Test(
        "keeps no connection whose answer ends it",
        arguments: [
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x\r\nConnection: a, Close\r\n\r\nok",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        ])
    func ended(answer: String) throws {
        let service = try CountingService(in: folder) { _ in .answer(answer) }
        let exchange = exchange(service)
        for _ in 0..<3 { #expect(try get(exchange) == "ok") }
        #expect(service.connectionCount == 3)
    }

    @Test("connects anew where the service has closed a kept connection")
    func closedBetween() throws {
        let service = try CountingService(in: folder) { _ in .answerAndClose }
        let exchange = exchange(service)
        for _ in 0..<5 { #expect(try get(exchange) == "ok") }
        #expect(service.connectionCount == 5)
    }

    @Test("asks once more on a new connection where a kept one closes instead of an answer")
    func closedMeanwhile() throws {
        let service = try CountingService(in: folder) { $0 % 2 == 1 ? .close : .answer() }
        let exchange = exchange(service)
        #expect(try get(exchange) == "ok")
        #expect(try get(exchange) == "ok")
        #expect(service.connectionCount == 2 && service.requests.count == 3)
    }

    @Test("fails where a new connection closes instead of an answer")
    func closedAlways() throws {
        let service = try CountingService(in: folder) { $0 == 0 ? .answer() : .close }
        let exchange = exchange(service)
        #expect(try get(exchange) == "ok")
        #expect(throws: HTTPExchangeError(.closed, "the connection ended before the answer did")) { try get(exchange) }
        #expect(service.requests.count == 3)
        #expect(throws: HTTPExchangeError.self) { try get(exchange) }
        #expect(service.requests.count == 4)
    }

    @Test("does not use a connection again whose answer could not be read")
    func unreadable() throws {
        let service = try CountingService(in: folder) {
            [.answer("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n"), .answer("nonsense\r\n\r\n"), .answer()][$0]
        }
        let exchange = exchange(service)
        #expect(throws: HTTPExchangeError(.tooLarge, "the answer's body is over 100 bytes")) { try get(exchange) }
        #expect(throws: HTTPExchangeError.self) { try get(exchange) }
        #expect(try get(exchange) == "ok")
        #expect(service.connectionCount == 3)
    }

    @Test("has one question at a time on a connection, and keeps a bounded number of them")
    func together() throws {
        let count = HTTPExchange.keptConnectionCountMax + 2
        let service = try CountingService(in: folder, batch: count) { _ in .answer() }
        let exchange = exchange(service)
        for round in 0..<2 {
            let group = DispatchGroup()
            for number in 0..<count {
                DispatchQueue(label: "client \(number)").async(group: group) {
                    #expect(throws: Never.self) { try get(exchange) }
                }
            }
            group.wait()
            #expect(service.connectionCount == count + 2 * round)
        }
    }
}
