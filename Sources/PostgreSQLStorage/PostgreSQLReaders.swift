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
    /// - Parameters:
    ///   - isDurable: whether everything that `body` sees must be certainly kept, also where `body` ends with an error
    ///     about what it has seen.
    ///   - body: reads.
    /// - Returns: the value of `body`.
    /// - Throws: the error of `body`, `storage_unavailable`.
    func read<Value>(isDurable: Bool = false, _ body: (PostgreSQLTransaction) throws -> Value) throws -> Value {
        places.wait()
        defer { places.signal() }
        let session =
            idle.withLock { $0.popLast() }
            ?? PostgreSQLSession(address, timeout: times.reading, idleMilliseconds: Self.idleMilliseconds)
        defer { idle.withLock { $0.append(session) } }
        try session.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let outcome = Result { try body(PostgreSQLTransaction(database: session)) }
        session.endReading()
        if isDurable || session.needsBarrier { try wait(session) }
        return try outcome.get()
    }

    /// Returns once everything that the connection's server has shown is certainly kept.
    ///
    /// A new connection may lead to another server, which would confirm other rows. So a connection that was lost since
    /// the read is not made again.
    private func wait(_ session: PostgreSQLSession) throws(StorageError) {
        session.timeout = times.commit
        defer { session.timeout = times.reading }
        do {
            try session.beginAgain()
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
