import Encoding
import Foundation
import IssuerInterface
import Issuing
import Signing

/// Sends batches of events to a `suishend` process; each connection waits for a batch's answers before the next.
struct SocketBench {
    static let batchCount = 512
    private static let objectCount = 64

    let connections: Int

    func run(_ count: Int, in scratch: Scratch) async throws -> Double {
        let state = StateDirectory(path: scratch("state"))
        try state.create(Settings(), random: SystemRandom(), at: 1_800_000_000)
        let daemon = Process()
        daemon.executableURL = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "suishend")
        daemon.arguments = ["--state", state.path]
        try daemon.run()
        defer {
            daemon.terminate()
            daemon.waitUntilExit()
        }
        while !IssuerClient.answers(at: state.socket) { try await Task.sleep(for: .milliseconds(10)) }
        let objects = try Self.register(at: state.socket)
        let each = count / connections / Self.batchCount
        let connections = connections
        let elapsed = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for connection in 0..<connections {
                    group.addTask { try Self.send(each, from: connection, objects, to: state.socket) }
                }
                try await group.waitForAll()
            }
        }
        return Double(each * connections * Self.batchCount) / (elapsed / .seconds(1))
    }

    private static func register(at socket: String) throws -> [String] {
        let line = Array(#"{"kind":"object","manager":"91350100M000100Y43","category":"elevator"}"#.utf8)
        let answers = try IssuerClient(path: socket).ask(
            .registerObject, lines: [[UInt8]](repeating: line, count: objectCount))
        return answers.compactMap { $0["subject"]?.string }
    }

    private static func send(_ batches: Int, from connection: Int, _ objects: [String], to socket: String) throws {
        let client = try IssuerClient(path: socket)
        for batch in 0..<batches {
            let lines = (0..<batchCount).map { number in
                Array(
                    """
                    {"object":"\(objects[number % objects.count])","step":"inspecting","disposition":"conformant",\
                    "location":"urn:epc:id:sgln:4012345.00005.0","idempotencyKey":"\(connection)-\(batch)-\(number)"}
                    """.utf8)
            }
            for answer in try client.ask(.appendEvent, lines: lines) where answer["index"] == nil {
                throw OperationError(code: .unexpected, reason: answer.encoded(), hint: "see the daemon's answer")
            }
        }
    }
}
