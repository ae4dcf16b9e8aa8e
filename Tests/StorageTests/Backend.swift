import Storage

/// The stores that every test of the protocols runs against.
enum Backend: String, CaseIterable, Sendable {
    case sqlite, memory

    static var available: [Backend] { allCases }

    /// An empty store.
    func open() throws -> OpenStore {
        switch self {
        case .sqlite:
            let scratch = try ScratchRegistry()
            let store = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
            return OpenStore(store: store, scratch: scratch)
        case .memory: return OpenStore(store: MemoryStore(), scratch: nil)
        }
    }
}

/// A store, and the folder that it needs while it is open.
struct OpenStore: Sendable {
    let store: any RegistryStore
    let scratch: ScratchRegistry?
}
