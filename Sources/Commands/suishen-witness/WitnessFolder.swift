import CommandSupport
import Glibc
import Platform
import TraceLog

/// The folder with a state file for each log, which one process uses at a time.
///
/// A file is missing only for a log that was never begun: a witness that began anew at a lost file would cosign a log
/// that was cut.
final class WitnessFolder: Sendable {
    private static let timeoutMilliseconds = 2000

    private let path: String
    private let lock: LockedFile

    /// Opens and locks a folder.
    ///
    /// - Throws: `state_missing`, or `state_busy` when another process uses it.
    init(_ path: String) throws(CommandError) {
        guard let lock = LockedFile(folder: path) else {
            throw CommandError(
                code: "state_missing", reason: "\(path) cannot be opened: \(unsafe String(cString: strerror(errno)))",
                hint: "make the folder, or name the one in which this witness remembers its logs")
        }
        do throws(LockedFileError) {
            try lock.lock(timeoutMilliseconds: Self.timeoutMilliseconds)
        } catch {
            throw CommandError(
                code: "state_busy", reason: "\(path) cannot be locked: \(error.reason)",
                hint: "end the other witness that uses this folder; two of them could cosign two forks")
        }
        (self.path, self.lock) = (path, lock)
    }

    /// Makes an empty state for each log that has none.
    ///
    /// - Returns: the number of logs that were begun.
    /// - Throws: `output_unwritable`.
    func begin(_ logs: [WitnessedLog]) throws(CommandError) -> Int {
        var count = 0
        for log in logs where unsafe access(place(of: log), F_OK) != 0 && errno == ENOENT {
            try OutputFile.write(WitnessState(origin: log.origin).bytes, to: place(of: log))
            count += 1
        }
        try OutputFile.sync(folder: path)
        return count
    }

    /// Opens every log, each with the checkpoint that was cosigned last.
    ///
    /// - Returns: the logs by their origins' bytes.
    /// - Throws: `state_missing` for a log without a state, `state_unreadable`.
    func open(_ logs: [WitnessedLog], signer: WitnessSigner) throws(CommandError) -> [[UInt8]: KnownLog] {
        var known: [[UInt8]: KnownLog] = [:]
        for log in logs {
            let state = try state(of: log)
            known[Array(log.origin.utf8)] = KnownLog(log, state, at: place(of: log), in: path, signer: signer)
        }
        return known
    }

    private func place(of log: WitnessedLog) -> String { "\(path)/\(WitnessState.name(of: log.origin))" }

    private func state(of log: WitnessedLog) throws(CommandError) -> WitnessState {
        let place = place(of: log)
        let bytes: [UInt8]
        do throws(RegularFileError) {
            bytes = try RegularFile.read(place, byteCountMax: WitnessState.byteCountMax)
        } catch {
            guard !error.isAbsence else {
                throw CommandError(
                    code: "state_missing", reason: "\(place), the state of the log \(log.origin), is missing",
                    hint:
                        "restore the folder; for a log that was never cosigned, run the same command with --begin once"
                )
            }
            throw unreadable(place, error.reason)
        }
        do throws(TraceLogError) {
            let state = try WitnessState(bytes: bytes)
            guard state.origin.utf8.elementsEqual(log.origin.utf8) else {
                throw WitnessState.malformed("it is of the log \(state.origin)")
            }
            if let note = state.note, !note.isSigned(by: log.key) {
                throw WitnessState.malformed("the log's listed key has not signed its checkpoint")
            }
            return state
        } catch {
            throw unreadable(place, error.reason)
        }
    }

    private func unreadable(_ place: String, _ reason: String) -> CommandError {
        CommandError(
            code: "state_unreadable", reason: "\(place) cannot be read: \(reason)",
            hint: "restore the file from a backup that is as new as the last cosignature")
    }
}
