import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("A daemon whose clock is wrong", .serialized)
struct DaemonClockTests {
    private static let object: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "park"]
    private static let now: UInt64 = 1_810_000_000
    private static let withdrawals = [
        "code.revoke", "key.compromise", "actor-key.revoke", "wallet.token", "wallet.revoke", "wallet.lost",
        "wallet.holding.revoke",
    ]
    private static let signing = [
        "code.issue", "bundle.export", "status.list", "event.append", "event.place", "event.append-signed",
        "event.erase", "key.rotate", "key.retire", "actor-key.add", "actor-key.retire", "health",
        "gate.keys", "settlement.register", "wallet.credential",
    ]

    private let installation: Installation

    init() throws {
        installation = try Installation()
    }

    /// A log with one entry, recorded at a time in seconds and not yet published; gives the entry's object.
    private func seed(at time: UInt64) async throws -> JSONValue {
        let service = try installation.open()
        let object = try #require(try await service.ask(.registerObject, Self.object, at: time)["subject"])
        _ = try await service.ask(.appendEvent, ["object": object, "step": "inspecting"], at: time)
        return object
    }

    private func errors(_ daemon: HTTPDaemon) throws -> [Substring] {
        try daemon.diagnostics.split(separator: "\n").filter { $0.contains("error:") }
    }

    /// The code of the refusal of one request, or nil.
    private func refusal(_ order: ExtremeOrders.Order, _ client: IssuerClient) -> String? {
        do throws(OperationError) {
            _ = try client.fetch(order.operation, order.body, idempotencyKey: order.key)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("answers 503 to every request for a signature, and goes on reading, registering and withdrawing")
    func everyRoute() throws {
        let clock = try SetClock(at: Self.now)
        let daemon = try HTTPDaemon(installation, prefix: clock.words)
        let client = try IssuerClient(path: daemon.socket)
        var orders = ExtremeOrders()
        try orders.prepare(client)
        let names = Set(orders.all.map(\.operation.name))
        #expect(names.count == Route.table.count { $0.pattern.text != "/metrics" }, "an order for each operation")
        #expect(names.isSuperset(of: Self.signing + Self.withdrawals))
        for (time, code, refused) in [
            (Self.now - 3600, "clock_before_checkpoint", Self.signing),
            (Self.now + 86_400 + 60, "clock_jumped", Self.signing + Self.withdrawals),
            (Self.now, "clock_jumped", Self.signing + Self.withdrawals),
        ] {
            try clock.set(time)
            for order in orders.all {
                let name = order.operation.name
                let given = refusal(order, client)
                #expect((given == code) == refused.contains(name), "\(name) at \(time): \(given ?? "done")")
            }
        }
        let lines = try client.ask(.issue, lines: [Array(#"{"subject":"91350100M000100Y43"}"#.utf8)])
        #expect(lines.first?["error"]?["code"] == "clock_jumped" && lines.first?["error"]?["status"] == 503)
        let answer = try daemon.curl(["-i", "http://d/v1/health"]).output
        #expect(answer.contains(#""code":"clock_jumped""#) && answer.hasSuffix("\n503"), "\(answer)")
        #expect(answer.lowercased().contains("\r\nretry-after: "), "\(answer)")
        #expect(try daemon.curl(["http://d/metrics"]).output.contains("\nsuishend_signing 0\n"))
        #expect(daemon.end(SIGTERM) == 75 << 8)
        #expect(try errors(daemon).count { $0.contains("[clock_jumped]") } == 1)
        try daemon.start()
        #expect(try IssuerClient(path: daemon.socket).ask(.health, [:])["status"] == "ok")
        #expect(try daemon.curl(["http://d/metrics"]).output.contains("\nsuishend_signing 1\n"))
    }

    @Test("signs nothing on a log whose newest entry lies ahead, until the clock is there")
    func logAhead() async throws {
        let object = try await seed(at: Self.now)
        let clock = try SetClock(at: Self.now - 3600)
        let daemon = try HTTPDaemon(installation, prefix: clock.words)
        let client = try IssuerClient(path: daemon.socket)
        let order: JSONValue = ["subject": object]
        let refused = try daemon.curl(["-d", order.encoded(), "http://d/v1/codes"]).output
        #expect(refused.contains(#""code":"clock_before_checkpoint""#) && refused.hasSuffix("\n503"), "\(refused)")
        #expect(try client.ask(.objectHistory, ["object": object])["events"]?.array?.count == 1)
        #expect(try client.ask(.statusLists, [:])["lists"] != nil)
        while try errors(daemon).isEmpty { usleep(10_000) }
        // A day and more behind the newest entry is no jump of this daemon's clock.
        try clock.set(Self.now - 16)
        #expect(throws: OperationError.self) { try client.ask(.issue, order) }
        try clock.set(Self.now)
        #expect(try client.ask(.issue, order)["text"] != nil)
        #expect(try client.ask(.health, [:])["status"] == "ok")
        #expect(daemon.end(SIGTERM) == 0)
        let said = try daemon.diagnostics
        #expect(said.contains("suishend: ready; the newest log entry was recorded 1 h 0 min ahead of the clock\n"))
        let errors = try errors(daemon)
        #expect(errors.count == 1 && errors[0].contains("[clock_before_checkpoint]"), "\(said)")
    }

    @Test("keeps the commands that work alone from signing too, unless they name the time")
    func commands() async throws {
        let object = try #require(try await seed(at: UInt64(time(nil)) + 3600).string)
        func issue(_ words: [String]) throws -> HTTPDaemon.Outcome {
            try HTTPDaemon.run(
                ["\(HTTPDaemon.binaries)/suishen", "issue", object, "--state", installation.state.path] + words)
        }
        let refused = try issue([])
        #expect(refused.status == 75 && refused.output.contains("[clock_before_checkpoint]"), "\(refused.output)")
        #expect(try issue(["--at", "\(time(nil))"]).status == 0)
    }

    @Test("is told of at its start only by how long ago the newest entry was recorded")
    func pause() throws {
        let clock = try SetClock(at: Self.now)
        let daemon = try HTTPDaemon(installation, prefix: clock.words)
        let client = try IssuerClient(path: daemon.socket)
        let object = try #require(try client.ask(.registerObject, Self.object)["subject"])
        _ = try client.ask(.appendEvent, ["object": object, "step": "inspecting"])
        #expect(daemon.end(SIGTERM) == 0)
        var said = "suishend: ready\n"
        var told = try daemon.diagnostics
        #expect(told == said)
        var now = Self.now
        for (seconds, text) in [
            (5, "5 s"), (65, "1 min 5 s"), (7500, "2 h 5 min"), (400 * 86_400 + 10_800, "400 d 3 h"),
        ] as [(UInt64, String)] {
            // Each stop has an entry in the log of acts.
            now += seconds
            try clock.set(now)
            try daemon.start()
            said += "suishend: ready; the newest log entry was recorded \(text) ago\n"
            #expect(try IssuerClient(path: daemon.socket).ask(.issue, ["subject": object])["text"] != nil)
            told = try daemon.diagnostics
            #expect(told == said)
            #expect(daemon.end(SIGTERM) == 0)
        }
    }
}
