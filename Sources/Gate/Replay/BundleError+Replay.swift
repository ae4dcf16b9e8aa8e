import Glibc

/// The errors of a replay store, each with its own fix.
extension BundleError {
    static func unopened(replayStore path: String) -> BundleError {
        BundleError(
            code: .unreadable,
            reason: "the replay store \(path) cannot be opened: \(unsafe String(cString: strerror(errno)))",
            hint: "name the same file as its gate's `verify --replay-store`")
    }

    static func unusable(replayStore path: String, _ reason: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "\(path) cannot be this gate's replay store: \(reason)",
            hint: "name a file that belongs to this user with `verify --replay-store`, and do not move it")
    }

    static func damaged(replayStore path: String, _ reason: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "the replay store \(path) has lost showings: \(reason)",
            hint: "keep the gate closed for \(ReplayStore.windowSeconds) s, then run `verify state reset-replay`")
    }

    static func full(replayStore path: String) -> BundleError {
        BundleError(
            code: .statusUnknown, reason: "the replay store \(path) is full",
            hint: "give this gate a store of its own with --replay-store")
    }

    static func noRoom(for scene: String, replayStore path: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "the replay store \(path) has no room for scene \(scene)",
            hint: "give the gates of this scene a store of their own with `verify --replay-store`")
    }
}
