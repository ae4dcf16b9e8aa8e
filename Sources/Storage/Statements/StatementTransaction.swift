/// A transaction that is made of statements, which every database with SQL runs as they are.
///
/// The schemas differ: each database keeps the rules, such as a key's status that never goes back, in its own way.
package protocol StatementTransaction: StoreTransaction {
    associatedtype Engine: StatementDatabase

    var database: Engine { get }
    /// The log of this view.
    var log: LogName { get }

    /// The same transaction's view of another log.
    init(database: Engine, log: LogName)

    /// Is called where the transaction has found an answer that was given before.
    func noteRepeatedAnswer()
}

extension StatementTransaction {
    package func noteRepeatedAnswer() {}

    package func snapshot(of log: LogName) -> any LogSnapshot { Self(database: database, log: log) }
    package func transaction(of log: LogName) -> any LogTransaction { Self(database: database, log: log) }

    /// The higher of two columns, as an expression that every database reads.
    static func higher(_ first: String, _ second: String) -> String {
        "CASE WHEN \(first) > \(second) THEN \(first) ELSE \(second) END"
    }
}

extension String {
    /// The text with the 26 capital letters of ASCII in lower case, as the database function `lower` gives it.
    var asciiLowercased: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}
