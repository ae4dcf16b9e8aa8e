import Signing
import Storage

/// The mark of one transaction, by which another connection finds out whether the transaction was kept.
///
/// The transaction inserts the mark. Whoever settles its outcome inserts the same mark as void: one of the two inserts
/// is refused for ever, so that a transaction found missing can never come later.
struct WriteBatch {
    private static let identifierByteCount = 16
    /// The number of commits after which old marks are deleted; more are deleted then than were added.
    static let sweepInterval = 1024

    /// A statement that makes a transaction one that its commit waits for, as a standby keeps it.
    static let barrier = "SELECT pg_logical_emit_message(true, 'suishen', '')"

    private let identifier: [UInt8]

    init(random: some RandomSource) throws(SigningError) {
        identifier = try random.bytes(Self.identifierByteCount)
    }

    /// Adds the mark to the open transaction.
    func insert(_ session: PostgreSQLSession) throws {
        try session.run("INSERT INTO writeBatch (id, isVoid) VALUES (?, 0)", .bytes(identifier))
    }

    /// Deletes marks of a day ago, which nobody settles any more.
    static func sweep(_ session: PostgreSQLSession) throws {
        try session.run(
            """
            DELETE FROM writeBatch WHERE id IN (
                SELECT id FROM writeBatch WHERE at < now() - interval '1 day' ORDER BY at LIMIT 4096)
            """)
    }

    /// Whether the transaction was kept; nil when this could not be found out, or not be made certain.
    ///
    /// The insert waits for a transaction that is still committing. The commit waits for the standbys, which then have
    /// the transaction too.
    func settled(_ session: PostgreSQLSession) -> Bool? {
        do {
            try session.begin("ISOLATION LEVEL READ COMMITTED")
            try session.run(
                "INSERT INTO writeBatch (id, isVoid) VALUES (?, 1) ON CONFLICT DO NOTHING", .bytes(identifier))
            let isVoid = try session.first("SELECT isVoid FROM writeBatch WHERE id = ?", .bytes(identifier)) {
                try $0.wholeNumber(0) == 1
            }
            _ = try session.first(Self.barrier, []) { _ in true }
            try session.commit()
            return isVoid.map { !$0 }
        } catch {
            return nil
        }
    }
}
