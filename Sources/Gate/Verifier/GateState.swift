import Glibc

/// A gate's state folder, for an operator's resets; only the folder's owner may reset anything.
package struct GateState: Sendable {
    private let folder: String

    /// Opens an existing state folder.
    ///
    /// - Throws: `bundle_unreadable` if the folder does not exist, or if it belongs to another user. Not even root may
    ///   reset another user's gate: the gate could not read files that root makes.
    package init(folder: String) throws(BundleError) {
        var status = stat()
        guard unsafe stat(folder, &status) == 0 else { throw GateFile.unwritable(folder) }
        guard status.st_uid == geteuid(), status.st_mode & S_IFMT == S_IFDIR else {
            throw BundleError(
                code: .unreadable, reason: "\(folder) is not a folder of this user",
                hint: "run the command as the user that the gate runs as, for example with `sudo -u`")
        }
        try GateFile.makeFolder(folder)
        self.folder = folder
    }

    /// Forgets the times and the version that lie ahead of the clock, and what holders' phones said about the clock.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - skewSeconds: the clock skew of the gate.
    /// - Throws: `bundle_unreadable`.
    package func resetClock(at now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        try GateMemory(folder: folder).forget(aheadOf: now, skewSeconds: skewSeconds)
        try HotListMemory(folder: folder).update { known in
            guard let newest = known.newest,
                SignedTime.isAhead(newest.issuedAt, of: now, skewSeconds: skewSeconds)
            else { return }
            known.newest = nil
        }
        let path = Self.clockPath(in: folder)
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw GateFile.unwritable(path) }
    }

    /// Removes a replay store, and forgets that the gate used it, so that the next start makes a new one.
    ///
    /// - Parameter path: the store; nil for the one in the state folder.
    /// - Throws: `bundle_unreadable`.
    package func resetReplayStore(_ path: String?) throws(BundleError) {
        let path = path ?? Self.replayPath(in: folder)
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw GateFile.unwritable(path) }
        try GateMemory(folder: folder).forgetReplayStore(Self.replayStoreName(path, in: folder))
    }

    static func clockPath(in folder: String) -> String { "\(folder)/clock" }
    static func replayPath(in folder: String) -> String { "\(folder)/replay" }

    /// The name under which the gate remembers a store: its file's name in the state folder, or else its full path.
    static func replayStoreName(_ path: String, in folder: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let last = parts.last.map(String.init) ?? ""
        let parent = resolved(path.hasPrefix("/") && parts.count == 2 ? "/" : parts.dropLast().joined(separator: "/"))
        return parent == resolved(folder) ? last : "\(parent)/\(last)"
    }

    private static func resolved(_ folder: String) -> String {
        guard let pointer = unsafe realpath(folder.isEmpty ? "." : folder, nil) else { return folder }
        defer { unsafe free(pointer) }
        return unsafe String(cString: pointer)
    }
}
