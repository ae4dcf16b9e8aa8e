import GRDB
import TraceLog

extension Sequencer {
    /// Refuses a change that every auditor would call tampering: a key that comes back to life, or another's key.
    static func check(_ change: KeyStatusChange, of object: ObjectID, _ database: Database) throws {
        guard object == .log else {
            throw refused("the status of a key would stand in an object's chain", "append it to the log's own chain")
        }
        guard let known = try newest(of: change.keyIdentifier, database) else { return }
        guard known.actor == change.actor else {
            throw refused("the key is another actor's", "make a key of its own for each actor")
        }
        guard known.status <= change.status else {
            throw refused(
                "the key is \(known.status), and would become \(change.status) again",
                "make a new key: one that was retired or revoked never comes back")
        }
    }

    /// What the log last said of a key; nil where it has said nothing.
    private static func newest(of keyIdentifier: [UInt8], _ database: Database) throws -> KeyStatusChange? {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT bytes FROM log_entries WHERE object = ? AND instr(bytes, ?) > 0 ORDER BY sequence DESC",
            arguments: [ObjectID.log.bytes.data, keyIdentifier.data])
        while let row = try rows.next() {
            let event = try Entry.decode(row.byteArray(0)[...]).event
            if case .keyStatus(let change) = event, change.keyIdentifier == keyIdentifier { return change }
        }
        return nil
    }

    private static func refused(_ reason: String, _ hint: String) -> LogError {
        LogError(code: .keyStatusRefused, reason: reason, hint: hint)
    }
}
