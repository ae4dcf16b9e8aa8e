import Synchronization
import Testing

@testable import Storage

/// A connection whose commits end as they are told to.
private final class EndingConnection: WriteConnection {
    private let ends: Mutex<[StorageError?]>
    private let endsAtUnknownOutcome: Bool

    init(_ ends: [StorageError?], endsAtUnknownOutcome: Bool = true) {
        self.ends = Mutex(ends)
        self.endsAtUnknownOutcome = endsAtUnknownOutcome
    }

    func withSession<Value>(_ body: (any WriteSession) -> Value) -> Value {
        let session = EndingSession(ends.withLock { $0.isEmpty ? nil : $0.removeFirst() })
        session.endsAtUnknownOutcome = endsAtUnknownOutcome
        return body(session)
    }
}

private final class EndingSession: WriteSession {
    private let memory = MemoryTransaction(MemoryContents())
    private let end: StorageError?
    private(set) var isInTransaction = false
    var endsAtUnknownOutcome = true
    private var commitCount = 0

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
        commitCount += 1
        isInTransaction = false
        // A transaction that was cut off is as if it had never been.
        if end?.code == .storageUnavailable { return commitCount == 3 }
        if let end { throw end }
        return true
    }
}

@Suite("A commit")
struct UnknownOutcomeTests {
    private static func write(_ writer: GroupCommit) async -> StorageError? {
        do {
            try await writer.submit(isLine: false, reads: ForeseenReads()) { try $0.raiseCounter("n", to: 1) }.value()
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

    @Test("of unknown outcome is told to its caller, and the next one goes on, where the store says so")
    func passing() async {
        let writer = GroupCommit(
            EndingConnection([.commitUnknown("it was cut off"), nil], endsAtUnknownOutcome: false), position: nil)
        writer.onUnknownOutcome { _ in Issue.record("the store would end") }
        #expect(await Self.write(writer)?.code == .commitUnknown)
        #expect(await Self.write(writer) == nil)
    }

    @Test("that certainly did not happen is made again")
    func again() async throws {
        let runs = Mutex(0)
        let cut = StorageError(code: .storageUnavailable, reason: "", hint: "")
        let writer = GroupCommit(EndingConnection([cut]), position: nil)
        try await writer.submit(isLine: false, reads: ForeseenReads()) { _ in runs.withLock { $0 += 1 } }.value()
        #expect(runs.withLock { $0 } == 3)
    }
}
