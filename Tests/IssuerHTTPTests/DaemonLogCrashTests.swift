import Encoding
import Foundation
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Storage
import Synchronization
import TestSupport
import Testing
import TraceLog

/// A killed daemon, seen by clients who send again what was not answered, and by an auditor who kept every checkpoint.
@Suite("The log of a daemon that is killed", .serialized)
struct DaemonLogCrashTests {
    private static let clientCount = 4
    private static let batchCount = 64

    /// A short run by default; `LOG_CRASH_ROUNDS` makes it long.
    private static var roundCount: Int {
        ProcessInfo.processInfo.environment["LOG_CRASH_ROUNDS"].flatMap(Int.init) ?? 5
    }

    /// What the clients of all rounds saw.
    private final class Witnessed: Sendable {
        /// Answers by idempotency key.
        let answers = Mutex<[String: JSONValue]>([:])
        let contradictions = Mutex<[String]>([])
        let checkpoints = Mutex<[[UInt8]]>([])
        /// The keys of each client's batch that was sent and not answered.
        let cutOff = Mutex<[Int: [String]]>([:])

        func note(_ answer: JSONValue, to key: String) {
            let before = answers.withLock { $0.updateValue(answer, forKey: key) }
            if let before, before != answer { contradictions.withLock { $0.append(key) } }
        }
    }

    @Test("loses no answered event, doubles none that is sent again, and takes no checkpoint back")
    func kills() throws {
        let installation = try Installation()
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let objects = try (0..<8).map { _ in try client.registerBridge() }
        let seen = Witnessed()
        for round in 0..<Self.roundCount {
            if round > 0 { try daemon.start() }
            let clients = Self.startClients(round, objects, to: daemon.socket, installation.state, seen)
            // The first life answers something at least, so that there is something to lose.
            for _ in 0..<6_000 where round == 0 && seen.answers.withLock({ $0.isEmpty }) { usleep(10_000) }
            usleep(UInt32.random(in: 20_000...1_500_000))
            _ = daemon.end(SIGKILL)
            clients.wait()
        }
        try daemon.start()
        #expect(daemon.end(SIGTERM) == 0)
        #expect(seen.contradictions.withLock { $0 } == [])
        try Self.check(installation, seen)
    }

    /// Threads of their own, since each waits for its answers.
    private static func startClients(
        _ round: Int, _ objects: [String], to socket: String, _ state: StateDirectory, _ seen: Witnessed
    ) -> DispatchGroup {
        let group = DispatchGroup()
        func start(_ body: @escaping @Sendable () -> Void) {
            group.enter()
            Thread.detachNewThread {
                body()
                group.leave()
            }
        }
        for number in 0..<clientCount { start { send(round, number, objects, to: socket, seen) } }
        start { watch(state, socket, seen) }
        return group
    }

    /// Sends batches until the daemon is gone; the first is the one that was cut off before, sent again.
    private static func send(
        _ round: Int, _ number: Int, _ objects: [String], to socket: String, _ seen: Witnessed
    ) {
        guard let client = try? IssuerClient(path: socket) else { return }
        var keys = seen.cutOff.withLock { $0[number] }
        for batch in 0... {
            let sent = keys ?? (0..<batchCount).map { "\(round)-\(number)-\(batch)-\($0)" }
            keys = nil
            let lines = sent.enumerated().map { place, key in
                Array(
                    """
                    {"object":"\(objects[place % objects.count])","step":"inspecting","idempotencyKey":"\(key)",\
                    "personal":{"inspector":"\(key)"}}
                    """.utf8)
            }
            seen.cutOff.withLock { $0[number] = sent }
            guard let answers = try? client.ask(.appendEvent, lines: lines) else { return }
            // Refused while the log is still checked, some of them or all: sent again, with their keys.
            if answers.contains(where: { $0["error"]?["code"] == "log_checking" }) {
                keys = sent
                continue
            }
            seen.cutOff.withLock { $0[number] = nil }
            for (key, answer) in zip(sent, answers) { seen.note(answer, to: key) }
        }
    }

    /// Keeps every checkpoint that shows up until the daemon is gone.
    private static func watch(_ state: StateDirectory, _ socket: String, _ seen: Witnessed) {
        while IssuerClient.answers(at: socket) {
            if let bytes = try? ProjectFiles.bytes(state.log + "/checkpoint") {
                seen.checkpoints.withLock { if $0.last != bytes { $0.append(bytes) } }
            }
            usleep(5_000)
        }
    }

    private static func check(_ installation: Installation, _ seen: Witnessed) throws {
        let service = try installation.open()
        let answers = seen.answers.withLock { $0 }
        var indices: Set<Int64> = []
        for (key, answer) in answers {
            let index = try #require(answer["index"]?.integer, "\(key): \(answer.encoded())")
            #expect(indices.insert(index).inserted, "\(key) shares \(index)")
            let stored = try #require(try service.log.store.entry(UInt64(index)))
            #expect(answer["leafHash"] == .string(Hex.encode(stored.leafHash.bytes)))
        }
        let size = try service.log.store.count()
        var arguments = ["\(HTTPDaemon.binaries)/chain-verify", "audit", installation.state.path + "/log", "--json"]
        arguments += ["--key", service.log.key.vkey]
        for (number, bytes) in seen.checkpoints.withLock({ $0 }).enumerated() {
            arguments += ["--anchor", try installation.folder.write(bytes, to: "anchor\(number)")]
        }
        let outcome = try HTTPDaemon.run(arguments)
        #expect(outcome.status == 0 && outcome.output.contains("\"intact\""), "\(outcome.output)")
        print(
            "daemon kills: \(roundCount) rounds, \(answers.count) answers, \(size) entries,",
            "\(seen.checkpoints.withLock { $0.count }) checkpoints")
    }
}
