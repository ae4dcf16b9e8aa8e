import ArgumentParser
import Encoding
import Foundation
import IssuerInterface
import Issuing
import Platform
import Signing
import Synchronization
import WalletPhone

/// Measures what phones' strips of codes cost a daemon: requests to `/v1/wallets/credential` alone are timed.
@main
struct WalletBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wallet-bench",
        abstract: "Measure the strips of codes that a daemon gives to phones a second.",
        discussion: """
            Offers, tokens and the phones' proofs are made before the time is taken; a proof lasts two minutes. The \
            first strip of an offer does a little more than a renewal. `tools/load-wallets` builds this and the \
            daemon, and runs it.
            """)

    @Option(help: "The strips of each measurement.")
    var count = 2000
    @Option(help: "The days of a strip.")
    var days: UInt64 = 7
    @Option(help: "The connections, with one request in progress on each.")
    var connections = 64
    @Option(help: "The suite: ed25519 or es256.")
    var suite = "ed25519"
    @Option(help: "The folder for the installation, on the disk to measure; a temporary one by default.")
    var scratch: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let folder = URL(filePath: scratch ?? NSTemporaryDirectory()).appending(path: "wallet-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let state = StateDirectory(path: folder.appending(path: "state").path)
        guard let suite = Suite(rawValue: suite), suite != .sm2, connections > 0, count > 0 else {
            throw ValidationError("give the suite ed25519 or es256, and a strip and a connection at least")
        }
        var settings = Settings()
        settings.suite = suite
        try state.create(settings, random: SystemRandom(), at: UInt64(Date().timeIntervalSince1970))
        let daemon = Process()
        daemon.executableURL = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "suishend")
        daemon.arguments = ["--state", state.path]
        try daemon.run()
        defer {
            daemon.terminate()
            daemon.waitUntilExit()
        }
        while !IssuerClient.answers(at: state.socket) { try await Task.sleep(for: .milliseconds(10)) }
        let orders = try Self.orders(count, days: days, suite: suite, at: state.socket)
        let before = Self.registryByteCount(state)
        let (elapsed, latencies) = try Self.send(orders, over: connections, to: state.socket)
        let bytes = Self.registryByteCount(state) - before
        print(report(elapsed: elapsed, latencies: latencies.sorted(), registryBytes: bytes, daemon))
    }

    /// Requests for strips, each of another phone, with proofs that are not older than two minutes when they are sent.
    private static func orders(_ count: Int, days: UInt64, suite: Suite, at socket: String) throws -> [[UInt8]] {
        let client = try IssuerClient(path: socket)
        let person: JSONValue = ["residentId": "11010519491231002X", "medical": "0123456789abcdef01234567"]
        let subject = try client.ask(.registerPerson, person)["subject"] ?? .null
        let phones = try (0..<count).map { _ in
            let phone = try Phone(suite.algorithm) { try IssuerClient(path: socket).ask($0, $1) }
            let offer = try Phone.Offer(
                client.ask(
                    .makeOffer, ["subject": subject, "days": .integer(Int64(days)), "isWithoutPIN": true]))
            return (phone, offer, try phone.token(for: offer))
        }
        let nonce = try phones[0].0.nonce()
        return try phones.map { phone, offer, token in
            let order = try phone.order(
                by: token, secret: offer.secret, seeds: Phone.seeds(for: token), nonce: nonce)
            return Array(order.encoded().utf8)
        }
    }

    private static func send(
        _ orders: [[UInt8]], over connections: Int, to socket: String
    ) throws -> (elapsed: Duration, latencies: [Duration]) {
        let next = Atomic<Int>(0)
        let results = Mutex<(latencies: [Duration], failure: String?)>(([], nil))
        let clock = ContinuousClock()
        let group = DispatchGroup()
        let start = clock.now
        for _ in 0..<connections {
            group.enter()
            let thread = Thread {
                defer { group.leave() }
                let exchange = HTTPExchange(endpoint: .socket(path: socket), timeoutMilliseconds: 120_000)
                while true {
                    let place = next.add(1, ordering: .relaxed).oldValue
                    guard place < orders.count else { return }
                    let begin = clock.now
                    let response = try? exchange.post(path: "/v1/wallets/credential", body: orders[place])
                    let took = clock.now - begin
                    results.withLock { results in
                        results.latencies.append(took)
                        if response?.status != 200 {
                            results.failure = response.map { String(decoding: $0.body, as: UTF8.self) } ?? "no answer"
                        }
                    }
                }
            }
            thread.start()
        }
        group.wait()
        let elapsed = clock.now - start
        let (latencies, failure) = results.withLock { $0 }
        if let failure {
            throw OperationError(code: .unexpected, reason: failure, hint: "see the daemon's answer")
        }
        return (elapsed, latencies)
    }

    private static func registryByteCount(_ state: StateDirectory) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: state.registry + suffix)
            return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
    }

    private func report(elapsed: Duration, latencies: [Duration], registryBytes: Int, _ daemon: Process) -> String {
        let rate = Double(latencies.count) / (elapsed / .seconds(1))
        func milliseconds(_ share: Int) -> String {
            let place = min(latencies.count - 1, latencies.count * share / 100)
            return String(format: "%.1f", latencies[place] / .milliseconds(1))
        }
        let stat = (try? String(contentsOfFile: "/proc/\(daemon.processIdentifier)/stat", encoding: .utf8)) ?? ""
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
        let processor = String(format: "%.1f", Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK))))
        guard json else {
            return """
                strips of \(days) days, \(suite), \(connections) connections: \(Int(rate)) strips/s, p50 \
                \(milliseconds(50)) ms, p99 \(milliseconds(99)) ms, longest \(milliseconds(100)) ms
                registry and write-ahead log grew by \(registryBytes / latencies.count) bytes a strip; the daemon used \
                \(processor) s of processor time for everything
                """
        }
        return """
            {"days":\(days),"suite":"\(suite)","connections":\(connections),"perSecond":\(Int(rate)),\
            "p50Milliseconds":\(milliseconds(50)),"p99Milliseconds":\(milliseconds(99)),\
            "registryBytesAStrip":\(registryBytes / latencies.count),"processorSeconds":\(processor)}
            """
    }
}
