import Glibc
import Platform

/// The file of a gate's ``ReportState``, which running gates and fetches change in turn under the folder's lock.
struct ReportFile: Sendable {
    /// The gate's state folder.
    let folder: String

    private var path: String { "\(folder)/\(ReportState.fileName)" }

    /// Whether the gate is enrolled; no other gate reports, or counts.
    var isWanted: Bool {
        var status = stat()
        return unsafe lstat("\(folder)/\(GateKeys.signingName)", &status) == 0
    }

    /// The state; a damaged file begins anew, and the next report says so.
    ///
    /// - Throws: `bundle_unreadable` for a file that cannot be read.
    func read() throws(BundleError) -> ReportState {
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else { return ReportState() }
        return ReportState(try GateFile.read(path, byteCountMax: ReportState.byteCountMax)) ?? .lost
    }

    /// Changes the state, on top of what other processes wrote.
    ///
    /// - Throws: the error of `change`, `bundle_unreadable` or `state_busy`.
    @discardableResult
    func update(_ change: (inout ReportState) throws(BundleError) -> Void) throws(BundleError) -> ReportState {
        try GateFile.exclusively(in: folder) { (lock) throws(BundleError) in
            let stored = try read()
            var state = stored
            try change(&state)
            if state != stored {
                try GateFile.replace(ReportState.fileName, of: folder, with: state.encoded(), under: lock)
            }
            return state
        }
    }
}
