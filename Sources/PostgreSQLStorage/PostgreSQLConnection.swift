import CPostgreSQL
import Glibc
import Platform
import Storage

/// Owns one connection to the server that takes writes, in libpq's pipeline mode.
///
/// Statements are sent without waiting for their answers; ``next(until:)`` gives the answers in the order of the
/// statements. Nothing is ever cancelled: a connection whose server does not answer in time is closed instead.
@safe struct PostgreSQLConnection: ~Copyable {
    private let pointer: OpaquePointer
    /// Set once the server warns.
    private let warning: UnsafeMutablePointer<Bool>

    /// Connects to the first server of the address that takes writes.
    ///
    /// - Parameter address: its own parameters go before the default times.
    /// - Throws: `.lost`.
    init(_ address: PostgreSQLAddress) throws(PostgreSQLFailure) {
        let parameters = [
            // Later parameters win, and the URI stands behind the defaults.
            ("connect_timeout", "2"), ("tcp_user_timeout", "3000"), ("application_name", "suishend"),
            ("dbname", address.url), ("target_session_attrs", "read-write"), ("client_encoding", "UTF8"),
        ]
        var keywords = unsafe parameters.map { unsafe UnsafePointer(strdup($0.0)) } + [nil]
        var values = unsafe parameters.map { unsafe UnsafePointer(strdup($0.1)) } + [nil]
        defer { unsafe (keywords + values).forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) } }
        guard let made = unsafe PQconnectdbParams(&keywords, &values, 1) else { throw .lost("there is no memory") }
        guard unsafe PQstatus(made) == CONNECTION_OK, unsafe PQsetnonblocking(made, 1) == 0,
            unsafe PQenterPipelineMode(made) == 1
        else {
            let words = unsafe Self.words(PQerrorMessage(made))
            unsafe PQfinish(made)
            throw .lost(words)
        }
        unsafe pointer = made
        unsafe warning = .allocate(capacity: 1)
        unsafe warning.initialize(to: false)
        unsafe suishen_postgresql_watch(made, warning)
    }

    deinit {
        unsafe PQfinish(pointer)
        unsafe warning.deallocate()
    }

    /// Whether the server has warned since ``forgetWarnings()``.
    var hasWarned: Bool { unsafe warning.pointee }

    func forgetWarnings() { unsafe warning.pointee = false }

    /// The process at the server.
    var serverProcess: Int32 { unsafe PQbackendPID(pointer) }

    func prepare(_ name: String, _ sql: String) throws(PostgreSQLFailure) {
        try check(unsafe PQsendPrepare(pointer, name, sql, 0, nil))
    }

    /// Sends a statement that was prepared under this name.
    func send(_ name: String, _ values: [ColumnValue?]) throws(PostgreSQLFailure) {
        var bytes: [UInt8] = []
        var ranges: [Range<Int>?] = []
        for value in values {
            let start = bytes.count
            switch value {
            case .integer(let number):
                for shift in stride(from: 56, through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
                }
            case .text(let text): bytes += text.utf8
            case .bytes(let value): bytes += value
            case nil: break
            }
            ranges.append(value == nil ? nil : start..<bytes.count)
        }
        // A value of no bytes needs an address too: without one it would be NULL.
        bytes.append(0)
        let formats = [Int32](repeating: 1, count: values.count)
        let lengths = ranges.map { Int32($0?.count ?? 0) }
        let sent = unsafe bytes.withUnsafeBytes { buffer in
            let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let places = unsafe ranges.map { range in unsafe range.flatMap { unsafe start?.advanced(by: $0.lowerBound) }
            }
            return unsafe PQsendQueryPrepared(pointer, name, Int32(values.count), places, lengths, formats, 1)
        }
        try check(sent)
    }

    /// Marks the end of the statements that fail together.
    func synchronize() throws(PostgreSQLFailure) { try check(unsafe PQpipelineSync(pointer)) }

    /// Waits for the next answer.
    ///
    /// - Parameter deadline: milliseconds of the monotonic clock.
    /// - Returns: nil behind the last answer to a statement.
    /// - Throws: `.lost`, also after the deadline.
    func next(until deadline: Int) throws(PostgreSQLFailure) -> PostgreSQLResult? {
        while true {
            let unsent = unsafe PQflush(pointer)
            guard unsent >= 0 else { throw lost }
            if unsafe PQisBusy(pointer) == 0 { break }
            let remaining = deadline - MonotonicClock.milliseconds()
            guard remaining > 0 else { throw .lost("the server does not answer in time") }
            var watched = pollfd(
                fd: unsafe PQsocket(pointer), events: Int16(POLLIN | (unsent > 0 ? POLLOUT : 0)), revents: 0)
            guard watched.fd >= 0 else { throw lost }
            let count = unsafe poll(&watched, 1, Int32(clamping: remaining))
            guard count >= 0 || errno == EINTR else { throw .lost("the connection cannot be watched") }
            if count > 0, watched.revents & Int16(truncatingIfNeeded: ~POLLOUT) != 0 {
                guard unsafe PQconsumeInput(pointer) == 1 else { throw lost }
            }
        }
        guard let result = unsafe PQgetResult(pointer) else { return nil }
        return unsafe PostgreSQLResult(owning: result)
    }

    /// The failure of the connection itself.
    private var lost: PostgreSQLFailure { .lost(unsafe Self.words(PQerrorMessage(pointer))) }

    private func check(_ isSent: Int32) throws(PostgreSQLFailure) {
        guard isSent == 1 else { throw lost }
    }

    /// Libpq's message in one line; it never has the password.
    private static func words(_ message: UnsafePointer<CChar>?) -> String {
        let text = unsafe message.map { unsafe String(cString: $0) } ?? ""
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
