import Dispatch
import Storage
import Synchronization

/// The connections that read.
final class PostgreSQLReaders: Sendable {
    /// The most reads at once; a further one waits.
    static let countMax = 4
    /// The server ends a read that asks nothing for so long.
    private static let idleMilliseconds = 30_000

    private let address: PostgreSQLAddress
    private let times: PostgreSQLTimes
    private let idle = Mutex<[PostgreSQLSession]>([])
    private let places = DispatchSemaphore(value: countMax)

    init(_ address: PostgreSQLAddress, _ times: PostgreSQLTimes) {
        self.address = address
        self.times = times
    }

    /// Runs `body` in a transaction that sees one moment.
    ///
    /// - Throws: the error of `body`, `storage_unavailable`.
    func read<Value>(_ body: (PostgreSQLTransaction) throws -> Value) throws -> Value {
        places.wait()
        defer { places.signal() }
        let session =
            idle.withLock { $0.popLast() }
            ?? PostgreSQLSession(address, timeout: times.reading, idleMilliseconds: Self.idleMilliseconds)
        defer { idle.withLock { $0.append(session) } }
        try session.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let value: Value
        do {
            value = try body(PostgreSQLTransaction(database: session))
        } catch {
            session.rollback()
            throw error
        }
        session.endReading()
        if session.needsBarrier { try wait(session) }
        return value
    }

    /// Returns once everything that the database shows now is certainly kept.
    private func wait(_ session: PostgreSQLSession) throws(StorageError) {
        session.timeout = times.commit
        defer { session.timeout = times.reading }
        do {
            try session.begin("")
            _ = try session.first(WriteBatch.barrier, []) { _ in true }
            try session.commit()
        } catch {
            session.close()
            throw (error as? PostgreSQLFailure)?.error ?? error as? StorageError ?? .unavailable("\(error)")
        }
    }

    func close() {
        for session in idle.withLock({ $0 }) { session.close() }
    }
}
