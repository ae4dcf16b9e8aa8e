import Glibc
import Platform

/// A bundle's folder that one process at a time fetches into: `generations/N` and the link `current`.
final class SyncFolder: Sendable {
    /// The generations that stay: the current one, and the one that a gate may be opening.
    private static let keptCount = 2
    private static let unfinishedLinkName = ".unfinished-current"

    let path: String
    private let lock: LockedFile

    var generations: String { "\(path)/\(CurrentGeneration.generationsName)" }

    /// Locks the folder, and removes the parts that an interrupted process left.
    ///
    /// - Parameters:
    ///   - path: the bundle's folder; it must exist.
    ///   - users: the users who may write it.
    /// - Throws: `sync_busy`, `folder_unwritable`, or `bundle_unreadable` for a folder that another user could change.
    init(_ path: String, users: TrustedUsers) throws {
        self.path = path
        let generations = "\(path)/\(CurrentGeneration.generationsName)"
        try GateFile.check(path, users)
        do throws(UntrustedEntry) {
            try users.check(generations, followsLink: false)
        } catch {
            throw BundleError(code: .unreadable, reason: error.reason, hint: error.hint)
        }
        if unsafe mkdir(generations, 0o755) == 0 {
            guard unsafe chmod(generations, 0o755) == 0, Folder.sync(path) else { throw Self.unwritable(generations) }
        } else if errno != EEXIST {
            throw Self.unwritable(generations)
        }
        guard let lock = LockedFile(folder: generations, followsLink: false) else {
            throw Self.unwritable(generations)
        }
        self.lock = lock
        do throws(LockedFileError) {
            try lock.lock(timeoutMilliseconds: 0)
        } catch {
            guard error == .busy else { throw Self.unwritable(generations) }
            throw SyncError(
                .busy, "another process fetches into \(path)", hint: "wait for it, or end it (`fuser \(generations)`)")
        }
        unsafe unlink("\(path)/\(Self.unfinishedLinkName)")
        for name in Folder.names(in: generations) where name.hasPrefix(GenerationDraft.prefix) {
            Folder.remove("\(generations)/\(name)")
        }
    }

    /// The numbers of the complete generations, the newest last.
    private var numbers: [UInt64] {
        Folder.names(in: generations).compactMap { name in UInt64(name).flatMap { "\($0)" == name ? $0 : nil } }
            .sorted()
    }

    /// A number that no generation has had.
    ///
    /// A generation without the link to it, which an interrupted process left, is removed first.
    func nextNumber() throws(BundleError) -> UInt64 {
        let current = try CurrentGeneration.number(in: path) ?? 0
        for number in numbers where number > current { Folder.remove("\(generations)/\(number)") }
        return current + 1
    }

    /// Makes a generation the current one, in one step that survives a power cut.
    func use(_ number: UInt64) throws(SyncError) {
        let link = "\(path)/\(CurrentGeneration.linkName)"
        let unfinished = "\(path)/\(Self.unfinishedLinkName)"
        guard unsafe symlink(CurrentGeneration.target(number: number), unfinished) == 0,
            unsafe rename(unfinished, link) == 0, Folder.sync(path)
        else { throw Self.unwritable(link) }
    }

    /// Removes all generations but the last two.
    func removeOldGenerations() {
        for number in numbers.dropLast(Self.keptCount) { Folder.remove("\(generations)/\(number)") }
    }

    static func unwritable(_ path: String) -> SyncError {
        SyncError(
            .unwritable, "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))",
            hint: "make the bundle's folder, on a disk with room, for the user of `verify sync`")
    }
}
