import Glibc

/// What is wrong with a replay store, each with the store's own fix.
extension BundleError {
    static func unopened(replayStore path: String) -> BundleError {
        BundleError(
            code: .unreadable,
            reason: "the replay store \(path) cannot be opened: \(unsafe String(cString: strerror(errno)))",
            hint: "name the file that its gate was given with `verify --replay-store`")
    }

    static func unusable(replayStore path: String, _ reason: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "\(path) is no replay store for this gate: \(reason)",
            hint: "name a file of this user's own with `verify --replay-store`, and leave it in its place")
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
