import Storage

/// The reason that a statement did not run.
enum PostgreSQLFailure: Error {
    /// The connection is of no use any more.
    case lost(String)
    /// The server refused the statement.
    ///
    /// - Parameters:
    ///   - state: the SQLSTATE (PostgreSQL, appendix A).
    ///   - words: the server's message without its details, which may have values.
    case refused(state: String, words: String)

    /// The server only reads by now; the transaction was idle for too long; a statement is older than its tables.
    private static let endings: Set = ["25006", "25P03", "0A000", "26000"]

    /// Whether the server stays unable to write on this connection, so that another one must be made.
    var endsConnection: Bool {
        switch self {
        case .lost: true
        case .refused(let state, _): Self.endings.contains(state) || state.hasPrefix("57P")
        }
    }

    var words: String {
        switch self {
        case .lost(let words), .refused(_, let words): words
        }
    }

    var error: StorageError {
        switch self {
        case .lost(let words): return .unavailable(words)
        case .refused(let state, let words):
            if state == "53100" { return .diskFull }
            // Shortages, a lock that is held too long, a deadlock, an operator's intervention, a standby: these pass.
            // A value that does not fit its column breaks the protocol (08P01), which does not pass.
            let passing = ["53", "57", "58", "40", "08"].contains { state.hasPrefix($0) } && state != "08P01"
            if passing || Self.endings.contains(state) || ["55P03", "25P02"].contains(state) {
                return .unavailable("\(words) (\(state))")
            }
            // The opening has found every table and column, so that a later version has removed it since.
            if ["42P01", "42703"].contains(state) { return .newer(words) }
            // The messages of these classes have no values; others may.
            let isSafe = ["23", "P0", "42"].contains { state.hasPrefix($0) }
            return .unwritable(isSafe ? words : "SQLSTATE \(state)")
        }
    }
}

extension StorageError {
    /// The error once a later version has changed the tables so that this one cannot use them any more.
    static func newer(_ words: String) -> StorageError {
        StorageError(
            code: .schemaNewer,
            reason: "a later version has changed the registry, and this one cannot use it: \(words)",
            hint: "install the version that opened the registry last")
    }

    /// The error while the database cannot be used; nothing of the request was kept.
    static func unavailable(_ words: String) -> StorageError {
        StorageError(
            code: .storageUnavailable, reason: "the database cannot be used at the moment: \(words)",
            hint: "send the request again later; look at the database if this lasts")
    }
}
