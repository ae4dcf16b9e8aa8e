import Storage
import TraceLog

extension PostgreSQLSession {
    /// The most keys of one statement.
    private static let keyCountMax = 1024

    /// Reads rows of many changes at once into the transaction's memory.
    ///
    /// - Throws: the errors of reading.
    func foresee(_ reads: ForeseenReads) throws {
        try foresee(reads.answerKeys, \.answers, "SELECT key, request, answer, at FROM idempotency WHERE key") { row in
            let answer = try PostgreSQLStatements.keptAnswer(row)
            return (answer.key, answer)
        }
        try foresee(
            reads.residentDigests, \.subjectsByDigest, "SELECT residentDigest, subject FROM person WHERE residentDigest"
        ) { (try $0.blob(0), try $0.blob(1)) }
        try foresee(reads.persons, \.links, "SELECT subject, links FROM person WHERE subject") {
            (try $0.blob(0), try $0.blob(1))
        }
        try foresee(reads.enterprises, \.enterprises, "SELECT uscc, name FROM enterprise WHERE uscc") {
            (try $0.text(0), try $0.text(1))
        }
        try foresee(
            reads.objects, \.objects,
            "SELECT kind, manager, category, name, latitude, longitude, reference, id FROM object WHERE id"
        ) { (try $0.blob(7), try PostgreSQLStatements.object($0)) }
        try foresee(
            reads.requestKeys, \.requests, "SELECT digest, idx, sequence, leaf_hash, key FROM log_requests WHERE key"
        ) { (try $0.text(4), try PostgreSQLStatements.keptRequest($0)) }
        try foresee(
            reads.heads.compactMap(ObjectID.init), \.heads,
            "SELECT object, sequence, leaf_hash, idx FROM log_heads WHERE object"
        ) { row in
            let head = try PostgreSQLStatements.head(row)
            return (head.object, head)
        }
    }

    /// Reads the rows of some keys.
    ///
    /// - Parameters:
    ///   - keys: the keys; a key may have no row.
    ///   - part: the memory of these rows.
    ///   - selection: the statement up to the list of keys.
    ///   - read: makes a key and a value from a row.
    /// - Throws: the errors of reading.
    private func foresee<Key: ForeseenKey, Value>(
        _ keys: [Key], _ part: WritableKeyPath<TransactionMemory, [Key: Value?]>, _ selection: String,
        _ read: (PostgreSQLRow) throws -> (Key, Value)
    ) throws {
        let unknown = Array(Set(keys).subtracting(memory[keyPath: part].keys))
        for start in stride(from: 0, to: unknown.count, by: Self.keyCountMax) {
            let some = unknown[start..<min(unknown.count, start + Self.keyCountMax)]
            for key in some { memory[keyPath: part].updateValue(nil, forKey: key) }
            // The number of marks is a power of two, so that few statements are prepared.
            var values = some.map(\.column)
            while values.count & (values.count - 1) != 0 { values.append(values[0]) }
            let marks = values.map { _ in "?" }.joined(separator: ", ")
            try visit("\(selection) IN (\(marks))", values) { row in
                let (key, value) = try read(row)
                memory[keyPath: part].updateValue(value, forKey: key)
                return true
            }
        }
    }
}

/// A key of rows that are foreseen.
private protocol ForeseenKey: Hashable {
    var column: ColumnValue { get }
}

extension String: ForeseenKey {
    fileprivate var column: ColumnValue { .text(self) }
}

extension [UInt8]: ForeseenKey {
    fileprivate var column: ColumnValue { .bytes(self) }
}

extension ObjectID: ForeseenKey {
    fileprivate var column: ColumnValue { .bytes(bytes) }
}
