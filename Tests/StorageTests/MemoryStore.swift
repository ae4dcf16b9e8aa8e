import Synchronization

@testable import Storage

/// The store's protocols over dictionaries: nothing is kept once it is gone.
final class MemoryStore: RegistryStore {
    private let connection = MemoryConnection()
    private let writer: GroupCommit

    init() {
        writer = GroupCommit(connection, position: nil)
    }

    func submit<Value: Sendable>(
        isLine: Bool, reads: @autoclosure () -> ForeseenReads,
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value> {
        writer.submit(isLine: isLine, reads: reads(), body)
    }

    func read<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value {
        do {
            return try body(MemoryTransaction(connection.committed))
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(code: .registryCorrupt, reason: "the registry cannot be read", hint: "\(error)")
        }
    }

    func changeAtOpening(_ body: (any StoreTransaction) throws -> Void) throws(StorageError) {
        let outcome = connection.withSession { session -> Result<RegistryPosition?, StorageError> in
            do {
                let changeCount = session.changeCount
                try session.begin()
                try body(session.transaction)
                let position = session.changeCount == changeCount ? nil : try session.advancePosition()
                _ = try session.commit()
                return .success(position)
            } catch {
                return .failure(error as? StorageError ?? .unwritable("\(error)"))
            }
        }
        if let position = try outcome.get() { writer.keep(position) }
    }

    var committedPosition: RegistryPosition? { writer.position }

    func onUnknownOutcome(_ handler: @escaping @Sendable (StorageError) -> Void) { writer.onUnknownOutcome(handler) }

    func purge() {}

    func close() { writer.close() }
}

/// What was committed last.
private final class MemoryConnection: WriteConnection {
    private let contents = Mutex(MemoryContents())

    var committed: MemoryContents { contents.withLock { $0 } }

    func withSession<Value>(_ body: (any WriteSession) -> Value) -> Value {
        let session = MemorySession(committed) { [self] changed in contents.withLock { $0 = changed } }
        return body(session)
    }
}

private final class MemorySession: WriteSession {
    private let keep: (MemoryContents) -> Void
    private var before: MemoryContents
    private let memory: MemoryTransaction
    private(set) var isInTransaction = false

    init(_ contents: MemoryContents, keep: @escaping (MemoryContents) -> Void) {
        self.keep = keep
        before = contents
        memory = MemoryTransaction(contents)
    }

    var transaction: any StoreTransaction { memory }
    var changeCount: Int { memory.changeCount }

    func begin() { isInTransaction = true }

    func rollback() {
        memory.contents = before
        isInTransaction = false
    }

    func nested(_ body: () throws(StorageError) -> Bool) throws(StorageError) {
        let saved = memory.contents
        if try !body() { memory.contents = saved }
    }

    func advancePosition() -> RegistryPosition? {
        guard let position = memory.contents.position else { return nil }
        let next = RegistryPosition(
            installation: position.installation, commitCount: position.commitCount + 1,
            blockCommitCount: position.blockCommitCount)
        memory.contents.position = next
        return next
    }

    func commit() -> Bool {
        keep(memory.contents)
        before = memory.contents
        isInTransaction = false
        return true
    }
}
