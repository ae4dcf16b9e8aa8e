/// The longest waits for a database, in milliseconds.
package struct PostgreSQLTimes: Sendable {
    /// The wait for the answer to a statement of a change; the server ends a wait for a lock after two seconds.
    package var statement = 5000
    /// The wait for the answer to a statement of a read, which may go through a whole table.
    package var reading = 60_000
    /// The wait for a commit, before another connection asks for its outcome.
    package var commit = 4000
    /// The time after the commit's beginning at which its outcome stays unknown.
    package var settlement = 10_000
    /// The time from the newest renewal of the lease to its end, by the database's clock.
    package var lease = 10_000
    /// The wait for the answer to a statement that changes the schema.
    package var upgrade = 600_000
    /// The time for which an upgrade tries again while others use the tables.
    package var upgradeTries = 60_000

    package init() {}
}
