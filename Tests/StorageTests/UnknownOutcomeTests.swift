import Synchronization
import Testing

@testable import Storage

/// A connection whose commits end as they are told to.
private final class EndingConnection: WriteConnection {
    private let ends: Mutex<[StorageError?]>

    init(_ ends: [StorageError?]) {
        self.ends = Mutex(ends)
    }

    func withSession<Value>(_ body: (any WriteSession) -> Value) -> Value {
        body(EndingSession(ends.withLock { $0.isEmpty ? nil : $0.removeFirst() }))
    }
}

private final class EndingSession: WriteSession {
    private let memory = MemoryTransaction(MemoryContents())
    private let end: StorageError?
    private(set) var isInTransaction = false

    init(_ end: StorageError?) {
        self.end = end
    }

    var transaction: any StoreTransaction { memory }
    var changeCount: Int { memory.changeCount }

    func begin() { isInTransaction = true }
    func rollback() { isInTransaction = false }
    func nested(_ body: () throws(StorageError) -> Bool) throws(StorageError) { _ = try body() }
    func advancePosition() -> RegistryPosition? { nil }
    func commit() throws(StorageError) -> Bool {
        if let end { throw end }
        isInTransaction = false
        return true
    }
}

@Suite("A commit")
struct UnknownOutcomeTests {
    private static func write(_ writer: GroupCommit) async -> StorageError? {
        do {
            try await writer.submit(isLine: false) { try $0.raiseCounter("n", to: 1) }.value()
            return nil
        } catch {
            return error as? StorageError
        }
    }

    @Test("for which there was no room is undone, and the next one goes on")
    func full() async {
        let writer = GroupCommit(EndingConnection([.diskFull, nil]), position: nil)
        #expect(await Self.write(writer)?.code == .diskFull)
        #expect(await Self.write(writer) == nil)
    }

    @Test("of unknown outcome is told once before its caller is answered, and nothing is written afterwards")
    func unknown() async {
        let told = Mutex<[StorageError.Code]>([])
        let writer = GroupCommit(EndingConnection([.commitUnknown("it was cut off"), nil]), position: nil)
        writer.onUnknownOutcome { error in told.withLock { $0.append(error.code) } }
        #expect(await Self.write(writer)?.code == .commitUnknown)
        #expect(told.withLock { $0 } == [.commitUnknown])
        #expect(await Self.write(writer)?.code == .commitUnknown)
        #expect(told.withLock { $0 } == [.commitUnknown])
    }
}
