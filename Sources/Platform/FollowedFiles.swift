/// Tells when files were changed and have then stayed the same for a while, so that no half written file is read.
package struct FollowedFiles: Sendable {
    private let paths: [String]
    private var taken: [FileStamp?]
    private var seen: [FileStamp?]

    /// Takes the files as they are now: call it before they are read for the first time.
    package init(_ paths: [String]) {
        self.paths = paths
        taken = paths.map(FileStamp.init)
        seen = taken
    }

    /// Looks at the files.
    ///
    /// - Returns: whether they differ from those that were taken last, and are the same as at the look before; they are
    ///   taken then.
    package mutating func look() -> Bool {
        let now = paths.map(FileStamp.init)
        defer { seen = now }
        guard now != taken, now == seen else { return false }
        taken = now
        return true
    }
}
