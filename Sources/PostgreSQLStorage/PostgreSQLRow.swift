import CPostgreSQL
import Storage

/// The answer to one statement; freed with its last use.
@safe struct PostgreSQLResult: ~Copyable {
    private let pointer: OpaquePointer

    /// - Parameter pointer: a result that nobody else frees.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit { unsafe PQclear(pointer) }

    var status: ExecStatusType { unsafe PQresultStatus(pointer) }
    var rowCount: Int { Int(unsafe PQntuples(pointer)) }
    /// The number of rows that the statement changed.
    var changedCount: Int { unsafe Int(String(cString: PQcmdTuples(pointer))) ?? 0 }
    /// The statement's kind, such as `COMMIT` or `ROLLBACK`.
    var tag: String { unsafe String(cString: PQcmdStatus(pointer)) }

    /// The server's refusal; a result without a state is libpq's own, about the connection.
    var failure: PostgreSQLFailure {
        let words = unsafe suishen_postgresql_message(pointer).map { unsafe String(cString: $0) } ?? "no message"
        guard let state = unsafe suishen_postgresql_state(pointer) else { return .lost(words) }
        return .refused(state: unsafe String(cString: state), words: words)
    }

    /// Gives a row to `body`.
    func withRow<Value>(_ number: Int, _ body: (PostgreSQLRow) throws -> Value) rethrows -> Value {
        try body(unsafe PostgreSQLRow(result: pointer, number: Int32(number)))
    }
}

/// A row of a result in the binary format; valid only inside the closure that receives it.
@safe struct PostgreSQLRow: StoredRow {
    /// Types of pg_type.dat that the registry's columns and expressions have.
    private enum ColumnType {
        static let boolean: Oid = 16
        static let bytes: Oid = 17
        static let integers: Set<Oid> = [20, 21, 23]
        static let texts: Set<Oid> = [19, 25, 1043]
    }

    private let result: OpaquePointer
    private let number: Int32

    fileprivate init(result: OpaquePointer, number: Int32) {
        unsafe self.result = result
        self.number = number
    }

    func isNull(_ column: Int) -> Bool { unsafe PQgetisnull(result, number, Int32(column)) != 0 }

    func name(_ column: Int) -> String {
        unsafe PQfname(result, Int32(column)).map { unsafe String(cString: $0) } ?? "a column"
    }

    func string(_ column: Int) -> String? {
        guard ColumnType.texts.contains(type(column)), !isNull(column) else { return nil }
        return unsafe withValue(column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    func integer(_ column: Int) -> Int64? {
        guard !isNull(column) else { return nil }
        guard ColumnType.integers.contains(type(column)) || type(column) == ColumnType.boolean else { return nil }
        return unsafe withValue(column) { bytes in
            // The first byte has the sign.
            let start = unsafe bytes.first.map { Int64(Int8(bitPattern: $0)) } ?? 0
            return unsafe bytes.dropFirst().reduce(start) { $0 << 8 | Int64($1) }
        }
    }

    func bytes(_ column: Int) -> [UInt8]? {
        guard type(column) == ColumnType.bytes, !isNull(column) else { return nil }
        return unsafe withValue(column) { unsafe Array($0) }
    }

    /// The value itself; nil for NULL, and for a type that no column of the registry has.
    func value(_ column: Int) -> ColumnValue? {
        if let number = integer(column) { return .integer(number) }
        if let text = string(column) { return .text(text) }
        return bytes(column).map { .bytes($0) }
    }

    private func type(_ column: Int) -> Oid { unsafe PQftype(result, Int32(column)) }

    private func withValue<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let start = unsafe PQgetvalue(result, number, Int32(column))
        let count = Int(unsafe PQgetlength(result, number, Int32(column)))
        return unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
