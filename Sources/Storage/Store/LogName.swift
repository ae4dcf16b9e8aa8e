/// A log of an installation: each has tables, a folder, an origin and a checkpoint of its own.
package enum LogName: String, Sendable, CaseIterable {
    /// The events of objects.
    case trace = "log"
    /// The service's own acts.
    case acts

    /// The name of the folder in the installation, the last part of the origin, and the prefix of the tables.
    package var folder: String { rawValue }

    /// The counter that is 1 once a checkpoint of the log was published.
    var publicationCounter: String { rawValue + ".published" }
}
