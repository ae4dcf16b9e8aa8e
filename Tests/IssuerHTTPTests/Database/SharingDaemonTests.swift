import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("Daemons over one database and one bucket", .serialized, .enabled(if: SharingInstallations.isAvailable))
struct SharingDaemonTests {
    /// The longest time after the end of a killed publisher's lease, on a busy machine.
    private static let takeoverSecondsMax = 60

    private let shared: SharingInstallations
    private let daemons: [HTTPDaemon]
    private let clients: [IssuerClient]
    private let object: String

    init() throws {
        shared = try SharingInstallations { settings, _, _ in settings.stopTimeoutSeconds = 3600 }
        daemons = try shared.installations.map { try HTTPDaemon($0) }
        clients = try daemons.map { try IssuerClient(path: $0.socket) }
        object = try clients[0].registerBridge()
    }

    private func recordEvents(_ count: Int, through client: IssuerClient) throws {
        let line = Array("{\"object\":\"\(object)\",\"step\":\"inspecting\"}".utf8)
        for answer in try client.ask(.appendEvent, lines: [[UInt8]](repeating: line, count: count)) {
            try #require(answer["error"] == nil, "\(answer)")
        }
    }

    /// The size of the checkpoint that a daemon serves.
    private func size(at number: Int) throws -> Int {
        let note = try #require(try clients[number].ask(.describeLog, [:])["checkpoint"]?.string)
        return try #require(note.split(separator: "\n").dropFirst().first.flatMap { Int($0) })
    }

    /// Waits until both daemons that run serve a log of at least so many entries; sizes must not fall meanwhile.
    private func waits(for size: Int, at numbers: [Int]) throws -> Bool {
        var last = [0, 0]
        for _ in 0..<Self.takeoverSecondsMax * 10 {
            for number in numbers {
                let found = try self.size(at: number)
                #expect(found >= last[number])
                last[number] = found
            }
            if numbers.allSatisfy({ last[$0] >= size }) { return true }
            usleep(100_000)
        }
        return false
    }

    private func holder() throws -> (epoch: Int, isFree: Bool) {
        let row = try shared.run("SELECT epoch, holder = '' FROM log_lease").split(separator: "\n")[0].split(
            separator: "|")
        return (try #require(Int(row[0])), row[1] == "t")
    }

    /// What a daemon has written, without what every start says.
    private func words(of number: Int) throws -> [Substring] {
        try daemons[number].diagnostics.split(separator: "\n").filter { $0.contains("error:") }
    }

    @Test("publish both daemons' events, and go on when the publisher is killed, stopped for a while, or ends")
    func takeover() throws {
        #expect(try holder().epoch == 1)
        for client in clients { try recordEvents(20, through: client) }
        #expect(try waits(for: 40, at: [0, 1]))
        // A publisher that stands still loses the lease, and follows when it wakes.
        kill(daemons[0].process, SIGSTOP)
        try recordEvents(20, through: clients[1])
        #expect(try waits(for: 60, at: [1]))
        #expect(try holder().epoch == 2)
        kill(daemons[0].process, SIGCONT)
        try recordEvents(20, through: clients[0])
        #expect(try waits(for: 80, at: [0, 1]))
        #expect(try holder().epoch == 2)
        // One that is killed, likewise.
        #expect(daemons[1].end(SIGKILL) != 0)
        try recordEvents(20, through: clients[0])
        #expect(try waits(for: 100, at: [0]))
        #expect(try holder().epoch == 3)
        // One that ends publishes the rest, and gives the lease up.
        try daemons[1].start()
        try recordEvents(20, through: clients[0])
        #expect(daemons[0].end(SIGTERM) == 0)
        let free = try holder()
        #expect(free.epoch == 4 || free.isFree)
        let client = try IssuerClient(path: daemons[1].socket)
        try recordEvents(20, through: client)
        let start = time(nil)
        var size = 0
        while size < 140, time(nil) - start < Self.takeoverSecondsMax {
            let note = try #require(try client.ask(.describeLog, [:])["checkpoint"]?.string)
            size = try #require(note.split(separator: "\n").dropFirst().first.flatMap { Int($0) })
            usleep(100_000)
        }
        #expect(size >= 140)
        #expect(daemons[1].end(SIGTERM) == 0)
        for number in 0...1 { #expect(try words(of: number).isEmpty) }
        let check = try Program("suishend").run(["--state", shared.installations[1].state.path, "--check-config"])
        #expect(check.status == 0, "\(check)")
    }
}
