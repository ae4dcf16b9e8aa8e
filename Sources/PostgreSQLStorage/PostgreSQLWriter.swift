import Dispatch
import Glibc
import Platform
import Signing
import Storage

/// The connection that changes a database, and the second one that settles commits of unknown outcome.
// Every use of the session runs on the queue.
final class PostgreSQLWriter: WriteConnection, @unchecked Sendable {
    private let address: PostgreSQLAddress
    private let times: PostgreSQLTimes
    private let session: PostgreSQLSession
    private let epochs: EpochKeyRing?
    private let queue = DispatchQueue(label: "registry.postgresql")

    /// - Parameters:
    ///   - address: the database.
    ///   - times: the time limits.
    ///   - epochs: the keys that seal fields; nil where none is sealed.
    init(_ address: PostgreSQLAddress, _ times: PostgreSQLTimes, epochs: EpochKeyRing?) {
        self.address = address
        self.times = times
        self.epochs = epochs
        session = PostgreSQLSession(address, timeout: times.statement)
    }

    func withSession<Value>(_ body: (any WriteSession) -> Value) -> Value { withOwnSession(body) }

    func withOwnSession<Value>(_ body: (PostgreSQLWriteSession) -> Value) -> Value {
        queue.sync { body(PostgreSQLWriteSession(session, address, times, epochs)) }
    }

    var roundTripCount: Int { queue.sync { session.roundTripCount } }

    /// Closes the connection; it is made again for the next change.
    func close() {
        queue.sync { session.close() }
    }
}

/// The steps of a transaction over PostgreSQL.
final class PostgreSQLWriteSession: WriteSession {
    private let session: PostgreSQLSession
    private let address: PostgreSQLAddress
    private let times: PostgreSQLTimes
    private let epochs: EpochKeyRing?
    private var countAtBegin = 0
    /// The epoch key that sealed the first field, and the newest one that the registry records at the end.
    private var (epochAtBegin, newestEpoch): (UInt32, UInt32) = (0, 0)

    init(
        _ session: PostgreSQLSession, _ address: PostgreSQLAddress, _ times: PostgreSQLTimes, _ epochs: EpochKeyRing?
    ) {
        self.session = session
        self.address = address
        self.times = times
        self.epochs = epochs
    }

    var transaction: any StoreTransaction { PostgreSQLTransaction(database: session) }
    var changeCount: Int { session.changeCount }
    var isInTransaction: Bool { session.isInTransaction }
    var changeMark: Int { session.changeMark }
    var lossError: StorageError { session.refusal }
    var endsAtUnknownOutcome: Bool { false }

    func begin() throws(StorageError) {
        try session.begin("ISOLATION LEVEL READ COMMITTED", usableFrom: PostgreSQLSchema.turn)
        countAtBegin = session.changeCount
        epochAtBegin = epochs?.current.number ?? 0
        newestEpoch = 0
    }

    /// Begins a transaction that may send nothing for a longer time.
    func begin(idleMilliseconds: Int) throws(StorageError) {
        try begin()
        try session.runNow("SET LOCAL idle_in_transaction_session_timeout = \(idleMilliseconds)")
    }

    func foresee(_ reads: [ForeseenReads]) throws(StorageError) {
        var all = ForeseenReads()
        for reads in reads { all.add(reads) }
        do {
            try session.foresee(all)
        } catch {
            throw error as? StorageError ?? .unavailable("\(error)")
        }
    }

    func rollback() { session.rollback() }

    func hasKeptAll() throws(StorageError) -> Bool {
        do throws(StorageError) {
            try session.keepAll()
            return true
        } catch {
            guard session.isInTransaction else { throw error }
            return false
        }
    }

    func nested(_ body: () throws(StorageError) -> Bool) throws(StorageError) {
        try session.runNow("SAVEPOINT job")
        session.flushesEachChange = true
        defer { session.flushesEachChange = false }
        if try !body() { try session.rollback(to: "job") }
        try session.runNow("RELEASE SAVEPOINT job")
    }

    func advancePosition() throws(StorageError) -> RegistryPosition? {
        do {
            guard let (position, newestEpoch) = try RegistryPosition.advance(session) else { return nil }
            self.newestEpoch = newestEpoch
            return position
        } catch {
            throw error as? StorageError ?? .unavailable("\(error)")
        }
    }

    func commit() throws(StorageError) -> Bool {
        try session.flush()
        if let epochs, epochs.isOutdated(by: newestEpoch, since: epochAtBegin) {
            // A field that is sealed under the former key could outlive it: see `EpochKeyRing`.
            session.rollback()
            try epochs.follow(to: newestEpoch)
            return false
        }
        guard session.changeCount != countAtBegin || session.needsBarrier else {
            session.endReading()
            return true
        }
        let end = MonotonicClock.milliseconds() + times.settlement
        let batch: WriteBatch
        do {
            batch = try WriteBatch(random: SystemRandom())
            try batch.insert(session)
            if session.commitCount.isMultiple(of: WriteBatch.sweepInterval) { try WriteBatch.sweep(session) }
        } catch {
            throw error as? StorageError ?? .unavailable("\(error)")
        }
        session.timeout = times.commit
        defer { session.timeout = times.statement }
        do throws(PostgreSQLFailure) {
            try session.commit()
            return true
        } catch {
            guard case .lost(let words) = error else { throw error.error }
            return try settle(batch, until: end, words)
        }
    }

    /// Finds out whether a batch was kept.
    ///
    /// - Returns: false when it certainly was not, and never will be.
    /// - Throws: `commit_unknown` when no server answered in time.
    private func settle(_ batch: WriteBatch, until end: Int, _ words: String) throws(StorageError) -> Bool {
        while MonotonicClock.milliseconds() < end {
            let other = PostgreSQLSession(address, timeout: min(times.commit, end - MonotonicClock.milliseconds()))
            if let isKept = batch.settled(other) { return isKept }
            usleep(100_000)
        }
        throw StorageError(
            code: .commitUnknown,
            reason: "a commit was cut off, and it may or may not be in the database: \(words)",
            hint: "send the request again with the same idempotency key: an answer that was kept is given again")
    }
}
