import Glibc
import Storage

/// Keeps a restored backup closed until it is recovered, whatever its beat says.
enum RecoveryMark {
    /// Refuses an installation that was restored and not recovered, or only half restored.
    ///
    /// - Throws: `recovery_needed`.
    static func check(_ state: StateDirectory, _ registry: any RegistryStore) throws {
        try checkFile(state)
        guard try registry.read({ try $0.isRecoveryNeeded() }) else { return }
        throw needed("the registry in \(state.path) comes from a backup, and was not recovered yet")
    }

    /// Refuses a folder in which a restore was cut off.
    ///
    /// - Throws: `recovery_needed`.
    static func checkFile(_ state: StateDirectory) throws(OperationError) {
        guard unsafe access(state.unfinishedRestore, F_OK) == 0 else { return }
        throw OperationError(
            code: .recoveryNeeded, reason: "restoring \(state.path) from a backup was cut off",
            hint: "run `suishen backup restore` again with the same folder; it begins anew")
    }

    private static func needed(_ reason: String) -> OperationError {
        OperationError(code: .recoveryNeeded, reason: reason, hint: OperationError.recovering)
    }
}

extension StateDirectory {
    /// A file that is there while a backup is being restored into the folder.
    var unfinishedRestore: String { path + "/restore-unfinished" }
}
