/// How far a registry is, for the manifest of a backup.
package struct RegistryExtent: Sendable {
    package let position: RegistryPosition?
    /// The number of each log's entries, a reserved one among them.
    package let entryCounts: [LogName: UInt64]
    /// The newest bundle version.
    package let bundleVersion: UInt64

    /// Reads the extent of a registry at one moment.
    ///
    /// - Throws: `registry_corrupt`, `log_inconsistent`.
    package init(of snapshot: any StoreSnapshot) throws {
        position = try snapshot.position()
        bundleVersion = try Registry.value(of: Registry.bundleCounter, in: snapshot)
        var counts: [LogName: UInt64] = [:]
        for name in LogName.allCases {
            let log = snapshot.snapshot(of: name)
            if try log.isKept() { counts[name] = try Sequencer.next(log).index }
        }
        entryCounts = counts
    }
}
