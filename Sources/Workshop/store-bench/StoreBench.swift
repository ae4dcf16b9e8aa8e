import ArgumentParser
import Credential
import PostgreSQLStorage
import Signing
import Storage

/// Issued codes a second on PostgreSQL, beside SQLite in the same run.
@main
struct StoreBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store-bench", abstract: "Records codes in PostgreSQL and in SQLite, and compares their speed.")

    @Option(help: "An empty schema of a PostgreSQL database, as a connection URI.")
    var postgresql: String
    @Option(help: "The path of the SQLite file to make.")
    var sqlite: String
    @Option(help: "The codes of a batch.")
    var lines = 20_000
    @Option(help: "The single codes, each of which is awaited by one of 64 callers.")
    var singles = 4000

    func run() async throws {
        let cipher = try FieldCipher(
            sealingKey: [UInt8](repeating: 1, count: FieldCipher.keyByteCount),
            digestKey: [UInt8](repeating: 2, count: FieldCipher.keyByteCount),
            epochs: EpochKeyRing([
                try FieldEpochKey(
                    number: 1, begunAt: 0, secret: [UInt8](repeating: 1, count: FieldEpochKey.secretByteCount))
            ]), random: SystemRandom())
        let bench = Issuing(registry: Registry(cipher: cipher, random: SystemRandom()))
        let place = try PostgreSQLAddress(url: postgresql)
        let installation = [UInt8](repeating: 7, count: 16)
        try RegistryDatabase.create(at: sqlite, trusting: [], installation: installation)
        try PostgreSQLStore.create(at: place, trusting: [], installation: installation)
        let file = try RegistryDatabase(path: sqlite, cipher: cipher)
        let servers: [any RegistryStore] = try (0..<2).map { _ in try PostgreSQLStore(at: place, cipher: cipher) }
        for store in [file, servers[0], servers[1]] as [any RegistryStore] {
            _ = try await bench.lines(256, [store])
        }
        var rates: [(String, Double, Double)] = []
        // Turn about, so that another job on the machine meets both.
        for _ in 0..<3 {
            rates.append(
                ("a batch", try await bench.lines(lines, servers.prefix(1)), try await bench.lines(lines, [file])))
            rates.append(
                ("single codes", try await bench.singles(singles, servers[0]), try await bench.singles(singles, file)))
            rates.append(
                (
                    "a batch, two daemons", try await bench.lines(lines, servers[...]),
                    try await bench.lines(lines, [file])
                ))
        }
        for name in ["a batch", "single codes", "a batch, two daemons"] {
            let best = rates.filter { $0.0 == name }
            let (server, other) = (best.map(\.1).max() ?? 0, best.map(\.2).max() ?? 1)
            print("\(name): PostgreSQL \(Int(server))/s, SQLite \(Int(other))/s, \(Int(100 * server / other)) %")
        }
    }
}

/// The registry's part of issuing a code, without its signature.
struct Issuing: Sendable {
    let registry: Registry
    private let list = StatusListReference(issuer: "SH", form: .person, day: 20_000)

    init(registry: Registry) {
        self.registry = registry
    }

    private func code(in transaction: any StoreTransaction) throws {
        let id = try SystemRandom().bytes(8)
        let index = try registry.takeStatusIndex(in: list, in: transaction)
        let code = IssuedCodeRecord(
            id: id, subject: "00112233445566778899aabbccddeeff", form: .person, kind: nil, list: list,
            statusIndex: index, actor: nil, actorIndex: nil, issuedAt: 1, expiresAt: 2, keyIdentifier: [1, 2, 3, 4])
        try registry.record(code, issuanceDigest: id + id + id + id, at: 60, in: transaction)
        try transaction.insertAuditLine(uid: 0, action: "issue", subject: code.subject, detail: nil, at: 1)
    }

    /// The codes a second of one batch, whose lines go to the stores in turn.
    func lines(_ count: Int, _ stores: some Collection<any RegistryStore>) async throws -> Double {
        let stores = Array(stores)
        let clock = ContinuousClock()
        let start = clock.now
        let writes = (0..<count).map { number in
            stores[number % stores.count].submit(isLine: true) { try code(in: $0) }
        }
        for write in writes { try await write.value() }
        return Double(count) / ((clock.now - start) / .seconds(1))
    }

    /// The codes a second of 64 callers, each of which waits for its code.
    func singles(_ count: Int, _ store: any RegistryStore) async throws -> Double {
        let callerCount = 64
        let clock = ContinuousClock()
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callerCount {
                group.addTask {
                    for _ in 0..<(count / callerCount) { try await store.write { try code(in: $0) } }
                }
            }
            try await group.waitForAll()
        }
        return Double(count / callerCount * callerCount) / ((clock.now - start) / .seconds(1))
    }
}
