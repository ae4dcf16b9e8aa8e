import Storage

extension PostgreSQLSession {
    /// Begins a transaction, on a new connection where the old one was lost meanwhile.
    ///
    /// - Parameters:
    ///   - mode: the words after BEGIN.
    ///   - usableFrom: a statement that reads the earliest version that can use the tables; nil where any version may
    ///     go on.
    /// - Throws: `storage_unavailable`, `registry_corrupt`; `schema_newer` for tables that this version cannot use.
    func begin(_ mode: String, usableFrom: String? = nil) throws(StorageError) {
        needsBarrier = false
        forget()
        let isOld = isConnected
        do {
            try connect()
            try begun(mode, usableFrom)
        } catch {
            guard isOld, !isConnected else { throw error }
            try connect()
            try begun(mode, usableFrom)
        }
    }

    /// Begins a further transaction on the connection of the last one.
    ///
    /// - Throws: `storage_unavailable`, also where the connection was lost.
    func beginAgain() throws(StorageError) {
        guard isConnected else { throw refusal }
        openBlock = nil
        try begun("ISOLATION LEVEL READ COMMITTED", nil)
    }

    private func begun(_ mode: String, _ usableFrom: String?) throws(StorageError) {
        failure = nil
        do {
            try run("BEGIN \(mode)", [])
            isInTransaction = true
            guard let usableFrom else { return try flush() }
            guard let version = try first(usableFrom, [], read: { try $0.unsigned(0) }) else {
                throw StorageError.corruptRow("the row of the writers' turn is missing")
            }
            try PostgreSQLSchema.requireUsable(from: version, at: address)
        } catch {
            rollback()
            throw error as? StorageError ?? .unavailable("\(error)")
        }
    }

    /// Undoes the open transaction; where the server cannot, the connection is closed, which undoes it too.
    func rollback() {
        forgetTransaction()
        end("ROLLBACK")
    }

    /// Ends a transaction that changed nothing.
    func endReading() { end("COMMIT") }

    private func end(_ statement: String) {
        guard isInTransaction, isConnected else { return }
        waitingRows = [:]
        if failure == nil { _ = try? flush() }
        failure = nil
        isInTransaction = false
        guard (try? run(statement, [])) != nil, (try? flush()) != nil else { return close() }
    }

    /// Undoes the changes since a savepoint.
    func rollback(to savepoint: String) throws(StorageError) {
        forgetTransaction()
        if failure == nil { _ = try? flush() }
        guard isConnected else { throw refusal }
        failure = nil
        try runNow("ROLLBACK TO SAVEPOINT \(savepoint)")
    }

    /// Runs a statement without values and waits for its answer.
    func runNow(_ sql: String) throws(StorageError) {
        do {
            try flush()
            try run(sql, [])
            try flush()
        } catch {
            throw error as? StorageError ?? .unavailable("\(error)")
        }
    }

    /// Sends COMMIT, and waits for its answer.
    ///
    /// - Throws: `.lost` when the outcome is unknown; `.refused` when nothing was kept.
    func commit() throws(PostgreSQLFailure) {
        defer {
            isInTransaction = false
            failure = nil
        }
        do throws(PostgreSQLFailure) {
            try sendRows()
            try connected { $0.forgetWarnings() }
            try send("COMMIT", [])
            guard let answer = try answers() else { throw .lost("the answer to COMMIT is missing") }
            guard answer.tag == "COMMIT" else {
                throw .refused(state: "40000", words: "the server has undone the transaction")
            }
            guard !hasWarned else { throw .lost("the server warned, and may not have waited for its standby") }
            commitCount += 1
        } catch {
            close()
            throw error
        }
    }
}
