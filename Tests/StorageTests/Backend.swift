import PostgreSQLStorage
import Storage
import Synchronization
import TestSupport

/// The stores that every test of the protocols runs against.
enum Backend: String, CaseIterable, Sendable {
    case sqlite, postgresql, memory

    static let available = allCases.filter { $0 != .postgresql || PostgreSQLServer.shared != nil }

    /// An empty store.
    func open() throws -> OpenStore {
        switch self {
        case .sqlite:
            let scratch = try ScratchRegistry()
            let store = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
            return OpenStore(store: store, scratch: scratch)
        case .postgresql:
            let place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
            try PostgreSQLStore.create(at: place, trusting: [])
            return OpenStore(store: try PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher()), scratch: nil)
        case .memory: return OpenStore(store: MemoryStore(), scratch: nil)
        }
    }
}

/// A store, and the folder that it needs while it is open.
struct OpenStore: Sendable {
    let store: any RegistryStore
    let scratch: ScratchRegistry?
}

/// Schemas of a server that no other test has.
enum PostgreSQLPlace {
    /// Times with a lease that does not end by itself, however busy the machine is.
    static let patientTimes: PostgreSQLTimes = {
        var times = PostgreSQLTimes()
        times.lease = 3_600_000
        return times
    }()

    /// An empty schema.
    static func empty(_ server: PostgreSQLServer?) throws -> PostgreSQLAddress {
        guard let server else { throw MissingFile(path: "a server of PostgreSQL") }
        return try PostgreSQLAddress(url: server.url(schema: server.makeSchema()))
    }
}
