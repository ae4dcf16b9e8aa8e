import CPostgreSQL
import Platform
import Storage

/// A connection with its prepared statements, and with the statements whose answers are still to come.
///
/// A statement without a result is only sent; its answer is read with the next result. After a refusal every further
/// statement of the transaction gets the same error.
// One caller at a time uses a session: the writer's queue, or the reader that has taken it out of the pool.
final class PostgreSQLSession: StatementDatabase, @unchecked Sendable {
    /// The most statements whose answers are still to come, so that neither side fills its buffers.
    private static let pendingCountMax = 512
    private static let kept = "the connection was closed"

    let address: PostgreSQLAddress
    /// The number of milliseconds after which the server ends a transaction that sends nothing.
    let idleMilliseconds: Int
    private var connection: PostgreSQLConnection?
    /// The names of prepared statements by their text.
    private var names: [String: String] = [:]
    private var nameCount = 0
    /// For each statement that was sent, the text that it prepares, or nil.
    private var pending: [String?] = []
    var failure: PostgreSQLFailure?

    /// The number of rows that statements have changed so far.
    private(set) var changeCount = 0
    /// Rises with every statement that may change a row, and with every refusal.
    private(set) var changeMark = 0
    var isInTransaction = false
    /// The number of commits that were acknowledged.
    var commitCount = 0
    /// The newest block of the status list from which the transaction takes indices.
    var openBlock: OpenBlock?
    /// Rows that wait to be sent together, by their statement.
    var waitingRows: [String: WaitingRows] = [:]
    /// Which statements can add many rows.
    var insertions: [String: RowInsertion?] = [:]
    /// Rows of the open transaction.
    var memory = TransactionMemory()
    /// The parts of tables that are certainly there.
    var knownParts: Set<String> = []
    /// Whether an answer must not leave before everything that it may come from is certainly kept.
    var needsBarrier = false
    /// Whether each change waits for its answers, so that it gets its own errors and no other change's.
    var flushesEachChange = false
    /// The number of times that the session has waited for answers.
    private(set) var roundTripCount = 0
    /// The longest wait for an answer, in milliseconds.
    var timeout: Int

    init(_ address: PostgreSQLAddress, timeout: Int, idleMilliseconds: Int = 1000) {
        self.address = address
        self.timeout = timeout
        self.idleMilliseconds = idleMilliseconds
    }

    /// Connects, unless there is a connection.
    ///
    /// - Throws: `storage_unavailable`; `registry_unwritable` for a database whose settings would lose writes.
    func connect() throws(StorageError) {
        guard connection == nil else { return }
        failure = nil
        do throws(PostgreSQLFailure) {
            connection = try PostgreSQLConnection(address)
        } catch {
            throw error.error
        }
        do {
            try prepareSession()
        } catch {
            close()
            throw error
        }
    }

    /// Closes the connection; the server undoes an open transaction.
    func close() {
        connection = nil
        names = [:]
        pending = []
        forgetTransaction()
        isInTransaction = false
    }

    /// Forgets rows that were read or written in a transaction.
    func forget() {
        openBlock = nil
        waitingRows = [:]
        memory = TransactionMemory()
    }

    /// Forgets what is only true within the open transaction, or since its last savepoint.
    func forgetTransaction() {
        forget()
        knownParts = []
    }

    var isConnected: Bool { connection != nil }
    var hasWarned: Bool { connection?.hasWarned ?? false }
    /// The error of every statement after a refused one.
    var refusal: StorageError { failure?.error ?? .unavailable(Self.kept) }
    /// The process at the server, for tests.
    var serverProcess: Int32? { connection?.serverProcess }

    func run(_ sql: String, _ values: [ColumnValue?]) throws {
        try mapped { () throws(PostgreSQLFailure) in
            changeMark += 1
            if try keepRow(sql, values) { return }
            try sendRows(before: sql)
            try send(sql, values)
            if pending.count >= Self.pendingCountMax { _ = try answers() }
        }
    }

    func runCounting(_ sql: String, _ values: [ColumnValue?]) throws -> Int {
        try flush()
        let before = changeCount
        try run(sql, values)
        try flush()
        return changeCount - before
    }

    func first<Value>(
        _ sql: String, _ values: [ColumnValue?], read: (PostgreSQLRow) throws -> Value
    ) throws -> Value? {
        let result = try result(sql, values)
        guard result.rowCount > 0 else { return nil }
        return try result.withRow(0, read)
    }

    func visit(
        _ sql: String, _ values: [ColumnValue?], visit: (PostgreSQLRow) throws -> Bool
    ) throws {
        let result = try result(sql, values)
        for number in 0..<result.rowCount {
            guard try result.withRow(number, visit) else { return }
        }
    }

    /// An opened database has every table of its version.
    func hasTable(_ name: String) -> Bool { true }

    /// Waits for every answer.
    ///
    /// - Throws: the error of the first refused statement.
    func flush() throws(StorageError) {
        try mapped { () throws(PostgreSQLFailure) in
            if let failure { throw failure }
            try sendRows()
            if !pending.isEmpty { _ = try answers() }
        }
    }

    /// Ends one of the changes that share a transaction.
    func endChange() throws(StorageError) {
        if flushesEachChange { try keepAll() }
    }

    /// Sends what was put off, and waits for every answer.
    func keepAll() throws(StorageError) {
        do {
            try writeOpenBlock()
        } catch {
            throw error as? StorageError ?? .unavailable("\(error)")
        }
        try flush()
    }

    /// Notes a change that is not sent yet.
    func noteChange() { changeMark += 1 }

    private func result(_ sql: String, _ values: [ColumnValue?]) throws(StorageError) -> PostgreSQLResult {
        try mapped { () throws(PostgreSQLFailure) in
            try sendRows()
            try send(sql, values)
            guard let result = try answers() else { throw .lost("a result is missing") }
            return result
        }
    }

    /// Keeps a failure, so that nothing of the transaction goes on, and closes a connection that is of no use.
    private func mapped<Value: ~Copyable>(
        _ body: () throws(PostgreSQLFailure) -> Value
    ) throws(StorageError) -> Value {
        do throws(PostgreSQLFailure) {
            return try body()
        } catch {
            if error.endsConnection { close() }
            failure = error
            changeMark += 1
            throw error.error
        }
    }

    func send(_ sql: String, _ values: [ColumnValue?]) throws(PostgreSQLFailure) {
        if let failure { throw failure }
        let name: String
        if let known = names[sql] {
            name = known
        } else {
            nameCount += 1
            name = "s\(nameCount)"
            try connected { connection throws(PostgreSQLFailure) in
                try connection.prepare(name, Self.numbered(sql))
            }
            names[sql] = name
            pending.append(sql)
        }
        try connected { connection throws(PostgreSQLFailure) in try connection.send(name, values) }
        pending.append(nil)
    }

    /// Reads the answers to all statements that were sent.
    ///
    /// - Returns: the answer to the last one.
    func answers() throws(PostgreSQLFailure) -> PostgreSQLResult? {
        roundTripCount += 1
        let deadline = MonotonicClock.milliseconds() + timeout
        let sent = pending
        pending = []
        var refusal: PostgreSQLFailure?
        var last: PostgreSQLResult?
        try connected { connection throws(PostgreSQLFailure) in try connection.synchronize() }
        for preparedText in sent {
            guard let result = try next(deadline) else { throw .lost("an answer is missing") }
            while try next(deadline) != nil {}
            switch result.status {
            case PGRES_COMMAND_OK: changeCount += result.changedCount
            case PGRES_TUPLES_OK: break
            default:
                if let preparedText { names[preparedText] = nil }
                let isSkipped = result.status == PGRES_PIPELINE_ABORTED
                if refusal == nil { refusal = isSkipped ? .lost("a statement was skipped") : result.failure }
            }
            last = consume result
        }
        guard let end = try next(deadline), end.status == PGRES_PIPELINE_SYNC else {
            // Whatever the server said last, it has closed the connection.
            throw .lost(refusal?.words ?? "the end of the answers is missing")
        }
        if let refusal { throw refusal }
        return last
    }

    private func next(_ deadline: Int) throws(PostgreSQLFailure) -> PostgreSQLResult? {
        try connected { connection throws(PostgreSQLFailure) in try connection.next(until: deadline) }
    }

    func connected<Value: ~Copyable>(
        _ body: (borrowing PostgreSQLConnection) throws(PostgreSQLFailure) -> Value
    ) throws(PostgreSQLFailure) -> Value {
        switch connection {
        case .some(let connection): return try body(connection)
        case nil: throw .lost(Self.kept)
        }
    }

    /// The statement with the marks of PostgreSQL: `?` becomes `$1` and so on, and `?1` becomes `$1`.
    static func numbered(_ sql: String) -> String {
        var (numbered, count, isAfterMark) = ("", 0, false)
        for character in sql + " " {
            if isAfterMark, !character.isNumber {
                count += 1
                numbered += "\(count)"
            }
            isAfterMark = character == "?"
            numbered.append(isAfterMark ? "$" : character)
        }
        return numbered
    }
}
