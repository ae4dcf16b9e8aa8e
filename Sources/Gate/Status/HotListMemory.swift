import Glibc
import Platform

/// The file `hot` of a gate's state folder: what the gate has seen of hot lists.
///
/// Gates that share the folder write in turn, under a lock of the folder, and each adds to the others' revocations.
struct HotListMemory: Sendable {
    static let fileName = "hot"

    private let folder: String

    init(folder: String) {
        self.folder = folder
    }

    private var path: String { "\(folder)/\(Self.fileName)" }

    /// The file's content; nil where there is no file.
    ///
    /// Throws `bundle_unreadable` for a damaged file: the gate could not tell whom it has seen revoked.
    func read() throws(BundleError) -> KnownRevocations? {
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        guard let known = KnownRevocations(try GateFile.read(path, byteCountMax: KnownRevocations.byteCountMax))
        else { throw unusable("is damaged") }
        return known
    }

    /// Changes the file under the folder's lock, on top of what other gates wrote.
    func update(_ change: (inout KnownRevocations) -> Void) throws(BundleError) {
        try GateFile.exclusively(in: folder) { (lock) throws(BundleError) in
            let stored = try read()
            var known = stored ?? KnownRevocations()
            change(&known)
            guard known != stored else { return }
            try GateFile.replace(Self.fileName, of: folder, with: known.encoded(), under: lock)
        }
    }

    /// The error of a gate that has taken a hot list and finds no file.
    var lost: BundleError { unusable("is gone") }

    private func unusable(_ fault: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "\(path) \(fault), so the gate cannot tell which codes it has seen revoked",
            hint: "start with a new folder, --state, the newest bundle and its status lists")
    }
}
