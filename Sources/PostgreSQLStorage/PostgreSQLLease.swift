import Dispatch
import Platform
import Signing
import Storage
import Synchronization

/// The lease of the daemons that share a database: one row, which ends by the database's clock.
final class PostgreSQLLease: StoreLease, Sendable {
    private static let holderByteCount = 16

    /// A term, and the monotonic time until which it certainly lasts.
    private struct Held {
        let term: LeaseTerm
        let endMilliseconds: Int
    }

    private let holder: [UInt8]
    private let lifetimeMilliseconds: Int
    private let session: PostgreSQLSession
    /// Every use of the session runs here.
    private let queue = DispatchQueue(label: "registry.lease")
    private let held = Mutex<Held?>(nil)

    /// - Throws: `registry_unwritable` where there are no random bytes.
    init(_ address: PostgreSQLAddress, _ times: PostgreSQLTimes) throws(StorageError) {
        do {
            holder = try SystemRandom().bytes(Self.holderByteCount)
        } catch {
            throw .unwritable("there are no random bytes")
        }
        lifetimeMilliseconds = times.lease
        session = PostgreSQLSession(address, timeout: times.commit)
    }

    var term: LeaseTerm? {
        let now = MonotonicClock.milliseconds()
        return held.withLock { $0.flatMap { now < $0.endMilliseconds ? $0.term : nil } }
    }

    func renew() throws(StorageError) {
        do throws(StorageError) {
            try renewWhereUsable()
        } catch {
            // A daemon that cannot change the tables any more leaves its work to the others at once.
            if error.code == .schemaNewer, held.withLock({ $0 != nil }) { try? giveUp() }
            throw error
        }
    }

    private func renewWhereUsable() throws(StorageError) {
        try change(usableFrom: PostgreSQLSchema.usableFrom) { () throws in
            let end = MonotonicClock.milliseconds() + lifetimeMilliseconds
            let epoch = try renewedEpoch() ?? takenEpoch()
            guard let epoch else {
                session.endReading()
                return held.withLock { $0 = nil }
            }
            try session.commit()
            held.withLock { $0 = Held(term: LeaseTerm(epoch: epoch, holder: holder), endMilliseconds: end) }
        }
    }

    /// Renews this process's own lease; nil while it has none.
    ///
    /// The epoch is not named: a statement that sets a key's column waits for every change of the holder's work.
    private func renewedEpoch() throws -> UInt64? {
        try session.first(
            """
            UPDATE log_lease SET expires = clock_timestamp() + CAST(?2 AS bigint) * interval '1 millisecond'
            WHERE holder = ?1 RETURNING epoch
            """, .bytes(holder), .integer(Int64(lifetimeMilliseconds))
        ) { try $0.unsigned(0) }
    }

    /// Takes a lease that has ended; nil while another daemon has it.
    private func takenEpoch() throws -> UInt64? {
        try session.first(
            """
            UPDATE log_lease SET
                epoch = epoch + 1, holder = ?1,
                expires = clock_timestamp() + CAST(?2 AS bigint) * interval '1 millisecond'
            WHERE expires <= clock_timestamp() RETURNING epoch
            """, .bytes(holder), .integer(Int64(lifetimeMilliseconds))
        ) { try $0.unsigned(0) }
    }

    func giveUp() throws(StorageError) {
        held.withLock { $0 = nil }
        try change { () throws in
            try session.run(
                "UPDATE log_lease SET holder = '', expires = '-infinity' WHERE holder = ?", .bytes(holder))
            try session.commit()
        }
    }

    /// Runs `body` in a transaction of its own, apart from the writers' turn and the registry's count of commits.
    private func change(usableFrom: String? = nil, _ body: () throws -> Void) throws(StorageError) {
        let outcome = queue.sync {
            Result {
                do {
                    try session.begin("ISOLATION LEVEL READ COMMITTED", usableFrom: usableFrom)
                    try body()
                } catch {
                    session.rollback()
                    throw error
                }
            }
        }
        do {
            try outcome.get()
        } catch {
            throw (error as? PostgreSQLFailure)?.error ?? error as? StorageError ?? .unavailable("\(error)")
        }
    }

    func close() {
        queue.sync { session.close() }
    }
}
