@unsafe @preconcurrency import Dispatch
import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Storage
import TestSupport
import Testing

/// What a daemon makes, at its start, of a log that a crash or a hand has left.
@Suite("A daemon started on a log", .serialized)
struct DaemonLogStartTests {
    private static let eventCount = 700

    private let installation: Installation
    private let object: String

    init() throws {
        installation = try Installation()
        var settings = Settings()
        settings.logHeadsInterval = 300
        try installation.write(settings)
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        object = try client.registerBridge()
        let line = Array("{\"object\":\"\(object)\",\"step\":\"inspecting\"}".utf8)
        _ = try client.ask(.appendEvent, lines: [[UInt8]](repeating: line, count: Self.eventCount))
        try #require(daemon.end(SIGTERM) == 0)
    }

    private var log: String { installation.state.path + "/log" }

    private func flip(_ name: String) throws {
        var bytes = try ProjectFiles.bytes("\(log)/\(name)")
        bytes[bytes.count / 2] ^= 1
        try installation.folder.write(bytes, to: "state/log/\(name)")
    }

    private func execute(_ sql: String) throws {
        try RegistryFile(installation.state.registry).execute(sql)
    }

    /// Requests are answered while the log is still looked at, which is soon over.
    private func waitUntilChecked(_ daemon: HTTPDaemon) throws {
        while case let health = try daemon.curl(["http://d/v1/health"]).output, !health.contains(#""log":"ok""#) {
            try #require(health.contains(#""log":"log_checking""#) && health.hasSuffix("200"), "\(health)")
            usleep(10_000)
        }
    }

    @Test("of acts is named by its folder, and the health's status stays ok")
    func acts() throws {
        var bytes = try ProjectFiles.bytes("\(installation.state.path)/acts/checkpoint")
        bytes[bytes.count / 2] ^= 1
        try installation.folder.write(bytes, to: "state/acts/checkpoint")
        let daemon = try HTTPDaemon(installation)
        var health = ""
        for _ in 0..<1000 where !health.contains(#""acts":"log_unreadable""#) {
            health = try daemon.curl(["http://d/v1/health"]).output
            usleep(10_000)
        }
        #expect(health.contains(#""acts":"log_unreadable""#) && health.contains(#""status":"ok""#), "\(health)")
        _ = daemon.end(SIGTERM)
        let said = try daemon.diagnostics
        #expect(said.contains("error: in acts/: the published checkpoint"), "\(said)")
    }

    @Test("that is not what was published says what and where once, signs nothing, and takes no event")
    func inconsistent() throws {
        let checkpoint = try ProjectFiles.bytes("\(log)/checkpoint")
        let damages: [(code: String, words: String, damage: () throws -> Void)] = [
            ("log_inconsistent", "tile/0/001 on disk differs from the entries", { try flip("tile/0/001") }),
            (
                "log_inconsistent", "tile/entries/000 on disk differs from the entries",
                { try flip("tile/entries/000") }
            ),
            (
                "log_unreadable", "tile/0/000 of the published log is missing",
                { #expect(unsafe unlink("\(log)/tile/0/000") == 0) }
            ),
            (
                "log_inconsistent", "the published heads list does not match the heads entry",
                { try flip("heads/702/tile/entries/000.p/2") }
            ),
            ("log_unreadable", "the published checkpoint is", { try flip("checkpoint") }),
            ("log_inconsistent", "entry 5 is missing", { try execute("DELETE FROM log_entries WHERE idx = 5") }),
            (
                "log_inconsistent", "703 entries are published, and the registry has only 701",
                {
                    try execute("DELETE FROM log_entries WHERE idx > 700")
                }
            ),
            (
                "log_inconsistent", "entry 5 does not hash to its acknowledged leaf hash",
                {
                    try execute(
                        "UPDATE log_entries SET bytes = (SELECT bytes FROM log_entries WHERE idx = 6) WHERE idx = 5")
                }
            ),
        ]
        let state = installation.state.path
        let beat = try installation.beat
        for (code, words, damage) in damages {
            _ = try HTTPDaemon.run(["cp", "-a", state, state + ".kept"])
            try damage()
            let found = try ProjectFiles.bytes("\(log)/checkpoint")
            let daemon = try HTTPDaemon(installation)
            let answer = try daemon.curl([
                "-H", "Content-Type: application/json", "-d", "{\"object\":\"\(object)\",\"step\":\"inspecting\"}",
                "http://d/v1/events",
            ]).output
            #expect(answer.contains(code), "\(words): \(answer)")
            _ = daemon.end(SIGTERM)
            let text = try daemon.diagnostics
            let errors = text.split(separator: "\n").filter { $0.contains("error:") }
            #expect(errors.count == 1 && errors[0].contains(words), "\(words): \(text)")
            #expect(try ProjectFiles.bytes("\(log)/checkpoint") == found)
            _ = try HTTPDaemon.run(["rm", "-r", state, installation.folder("suishend.log")])
            _ = try HTTPDaemon.run(["mv", state + ".kept", state])
            try installation.restoreBeat(beat)
        }
        // As it was, it is taken up without a word.
        let daemon = try HTTPDaemon(installation)
        try waitUntilChecked(daemon)
        let said = try daemon.diagnostics
        #expect(said.hasPrefix("suishend: ready; ") && said.split(separator: "\n").count == 1, "\(said)")
        #expect(try ProjectFiles.bytes("\(log)/checkpoint") == checkpoint)
    }

    @Test("says what it discards and what it publishes of what a crash left")
    func recovers() throws {
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        _ = try client.ask(.appendEvent, ["object": .string(object), "step": "repairing"])
        _ = daemon.end(SIGKILL)
        try installation.folder.write([1], to: "state/log/tile/0/002.p/9.tmp")
        _ = try HTTPDaemon.run(["mkdir", "-p", "\(log)/heads/900.tmp/tile"])
        let before = try ProjectFiles.bytes("\(log)/checkpoint").split(separator: 0x0A)[1]
        try daemon.start()
        try waitUntilChecked(daemon)
        let text = try daemon.diagnostics
        #expect(text.contains("discarded tile/0/002.p/9.tmp, which a crash left half written"), "\(text)")
        #expect(text.contains("discarded heads/900.tmp"), "\(text)")
        // Unless the killed daemon came to it, the event is published now.
        let isPublished = before.elementsEqual("704".utf8)
        #expect(text.contains("published 1 entries that a crash left behind") == !isPublished, "\(text)")
        #expect(try ProjectFiles.bytes("\(log)/checkpoint").split(separator: 0x0A)[1].elementsEqual("704".utf8))
    }

    @Test("issues at once, and takes no event and signs nothing before all of the log is checked")
    func servesMeanwhile() throws {
        let tile = try StalledFile("/tile/0/001", in: installation.folder)
        let checkpoint = try ProjectFiles.bytes("\(log)/checkpoint")
        let daemon = try HTTPDaemon(installation, prefix: tile.environment)
        let client = try IssuerClient(path: daemon.socket)
        #expect(try client.ask(.issue, ["subject": .string(object)])["text"] != nil)
        #expect(try client.ask(.health, [:])["log"] == "log_checking")
        let event: JSONValue = ["object": .string(object), "step": "inspecting"]
        let refused = try daemon.curl(["-i", "-d", event.encoded(), "http://d/v1/events"]).output
        #expect(refused.contains(#""code":"log_checking""#) && refused.hasSuffix("\n503"), "\(refused)")
        #expect(refused.lowercased().contains("\r\nretry-after: "), "\(refused)")
        // Whoever asks later is not kept waiting.
        let lines = try client.ask(.appendEvent, lines: Array(repeating: Array(event.encoded().utf8), count: 600))
        #expect(lines.allSatisfy { $0["error"]?["code"] == "log_checking" })
        // A key that somebody else may hold is struck whatever becomes of the log.
        let key = try #require(try client.ask(.rotateKey, [:])["kid"])
        #expect(try client.ask(.compromiseKey, ["kid": key])["status"] == "compromised")
        #expect(try ProjectFiles.bytes("\(log)/checkpoint") == checkpoint)
        tile.letGo()
        try waitUntilChecked(daemon)
        #expect(try client.ask(.appendEvent, event)["sequence"] == .integer(Int64(Self.eventCount)))
        #expect(daemon.end(SIGTERM) == 0)
        let audit = try HTTPDaemon.run(["\(HTTPDaemon.binaries)/chain-verify", "audit", log])
        #expect(audit.output.contains("unanchored"), "\(audit.output)")
    }

    @Test("that it had no time to check signs nothing at the end")
    func abandons() async throws {
        try flip("tile/0/001")
        let checkpoint = try ProjectFiles.bytes("\(log)/checkpoint")
        let service = try installation.open()
        // The check waits for its turn to read until it is told to end.
        let readers = BusyReaders(service.database)
        let check = service.log.begin(thoroughly: true)
        check.cancel()
        readers.letGo()
        let given = await #expect(throws: OperationError.self) { try await check.value }
        #expect(given == .logChecking)
        #expect(service.log.trouble == nil)
        let event: JSONValue = ["object": .string(object), "step": "inspecting"]
        let refused = await #expect(throws: OperationError.self) { try await service.ask(.appendEvent, event) }
        #expect(refused == .logChecking)
        try await service.log.finish(atMilliseconds: 1_800_000_000_000)
        #expect(try ProjectFiles.bytes("\(log)/checkpoint") == checkpoint)
    }
}

/// Takes both of a registry's places to read, until they are let go.
private final class BusyReaders: Sendable {
    private static let count = 2
    private let isOver = DispatchSemaphore(value: 0)

    /// Returns once they are taken.
    init(_ database: any RegistryStore) {
        let areTaken = DispatchSemaphore(value: 0)
        for _ in 0..<Self.count {
            DispatchQueue(label: "reader").async { [isOver] in
                try? database.read { _ in
                    areTaken.signal()
                    isOver.wait()
                }
            }
        }
        for _ in 0..<Self.count { areTaken.wait() }
    }

    func letGo() { for _ in 0..<Self.count { isOver.signal() } }
}
