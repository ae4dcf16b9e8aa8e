/// What a look at the installation found, for health and for the metrics; it names no person.
package struct ServiceStanding: Sendable {
    /// One of the logs.
    package struct Log: Sendable {
        /// `log` or `acts`.
        package let name: String
        /// The last time at which every entry was in the published checkpoint, in seconds since 1970; 0 before.
        package internal(set) var currentAt: UInt64 = 0
        /// The bytes of entries and hashes that were published while this process looked.
        package internal(set) var publishedByteCount: UInt64 = 0
        /// The entries in the newest published checkpoint; nil before the first look.
        package internal(set) var size: UInt64?
    }

    /// The disk of a folder.
    package struct Disk: Sendable {
        /// `state`, `log`, `acts` or `publish`.
        package let place: String
        package internal(set) var trend = DiskTrend()
    }

    /// Whether the registry answered the last look; nil before the first.
    package internal(set) var isStorageUp: Bool?
    /// The bytes of the registry with its indices; nil before they were read.
    package internal(set) var registryByteCount: UInt64?
    package internal(set) var logs: [Log] = []
    package internal(set) var disks: [Disk] = []
    /// The end of each key and document that gates depend on, in seconds since 1970, by its name.
    package internal(set) var keyEnds: [(name: String, end: UInt64)] = []
    /// When the current epoch key began, in seconds since 1970.
    package internal(set) var epochKeyBegunAt: UInt64 = 0
    /// Whether this daemon publishes.
    package internal(set) var isPublisher = true
    /// Whether the last beat was written.
    package internal(set) var isBeatUp = true
    /// Whether the last change was written.
    package internal(set) var isWriteUp = true
    /// For each log that has witnesses, whether the witnesses that cosign now suffice.
    package internal(set) var quorums: [(log: String, isMet: Bool)] = []

    package init() {}
}
