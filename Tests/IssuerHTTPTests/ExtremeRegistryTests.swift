import IssuerTestSupport
import IssuerInterface
import Encoding
import Glibc
import Issuing
import Testing

@Suite("A daemon whose registry holds anything at all")
struct ExtremeRegistryTests {
    @Test("answers, refuses, or refuses to start, and never dies", arguments: try ExtremeRegistry.tables())
    func extremes(table: String) throws {
        let registry = try ExtremeRegistry()
        let asked = Set(registry.orders.all.map(\.operation.name))
        #expect(asked.count == Route.table.count { $0.pattern.text != "/metrics" }, "an order for each operation")
        var (servedCount, refusedCount) = (0, 0)
        for column in try registry.columns(of: table) {
            for value in ExtremeRegistry.values where try registry.put(value, into: column) {
                switch try run(registry, "\(column) = \(value)") {
                case true: servedCount += 1
                case false: refusedCount += 1
                }
            }
        }
        #expect(servedCount + refusedCount > 0)
        print("\(table): \(servedCount) served, \(refusedCount) refused at the start")
    }

    /// Starts a daemon, asks everything of it, and ends it; false where it refused to start.
    private func run(_ registry: ExtremeRegistry, _ what: String) throws -> Bool {
        let daemon: HTTPDaemon
        do {
            daemon = try HTTPDaemon(registry.installation)
        } catch let error as HTTPDaemon.NotStarted {
            // A wait status whose low bits are set is a signal's.
            #expect(error.status.map { $0 & 0x7F } == 0, "\(what): \(error.reason.suffix(600))")
            #expect(error.reason.contains("suishend: hint: "), "\(what): \(error.reason.suffix(600))")
            return false
        }
        try ask(registry.orders, of: daemon)
        let status = daemon.end(SIGTERM)
        let diagnostics = try daemon.diagnostics.suffix(600)
        #expect(status & 0x7F == 0, "\(what): \(diagnostics)")
        return true
    }

    /// Sends every order, as long as the daemon is there; how it ended is told by its wait status.
    ///
    /// The connection is closed at the end, since a daemon that is told to end waits for its clients.
    private func ask(_ orders: ExtremeOrders, of daemon: HTTPDaemon) throws {
        var client = try IssuerClient(path: daemon.socket)
        for order in orders.all {
            do {
                _ = try client.fetch(order.operation, order.body, idempotencyKey: order.key)
            } catch {
                #expect(!error.hint.isEmpty)
                // The connection may end, where an answer cannot be written; the daemon may not.
                guard error.code == "daemon_unreachable" else { continue }
                guard let again = try? IssuerClient(path: daemon.socket) else { return }
                client = again
            }
        }
    }
}
