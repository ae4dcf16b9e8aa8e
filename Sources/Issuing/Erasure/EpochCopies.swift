import Encoding
import Glibc
import Platform
import Signing
import Storage

/// Copies of epoch keys on another disk, sealed to the recovery key; a destroyed key's copy is overwritten too.
struct EpochCopies: Sendable {
    let path: String
    private let recoveryKey: ReceivingPublicKey

    private static let suffix = ".sealed"
    private static let byteCountMax = 4096

    /// Takes the place that the settings name.
    ///
    /// - Returns: nil when they name none.
    /// - Throws: `recovery_key_unusable`.
    init?(_ settings: Settings) throws(OperationError) {
        guard let path = settings.epochCopies, let file = settings.recoveryKey else { return nil }
        self.path = path
        recoveryKey = try RecoveryKey.publicKey(at: file)
    }

    /// Makes a key's copy unless it is there; it is on disk when the call returns.
    ///
    /// - Throws: `epoch_keys_unwritable`.
    func add(_ key: FieldEpochKey) throws(OperationError) {
        let file = "\(path)/\(Self.name(of: key.number, key.mark))"
        guard unsafe access(file, F_OK) != 0 else { return }
        var plain = key.encoded
        defer { SecretFile.wipe(&plain) }
        let unfinished = file + ".new"
        unsafe unlink(unfinished)
        do {
            try SecretFile.create(recoveryKey.seal(plain), at: unfinished)
        } catch {
            throw Self.unwritable(file, error.reason)
        }
        guard unsafe rename(unfinished, file) == 0, Folder.sync(path) else {
            let reason = unsafe String(cString: strerror(errno))
            unsafe unlink(unfinished)
            throw Self.unwritable(file, reason)
        }
    }

    /// Overwrites and removes the copies of keys; a missing one is no error.
    ///
    /// - Throws: `epoch_keys_unwritable`, also where the place itself is missing, as with a disk that is not mounted.
    func destroy(_ keys: [EpochKeyRecord]) throws(OperationError) {
        guard !keys.isEmpty else { return }
        guard unsafe access(path, W_OK | X_OK) == 0 else {
            throw Self.unwritable(path, unsafe String(cString: strerror(errno)))
        }
        for key in keys {
            let file = "\(path)/\(Self.name(of: key.number, key.mark))"
            var status = stat()
            guard unsafe lstat(file, &status) == 0 else { continue }
            try EpochFolder.destroy(file, byteCount: Int(clamping: status.st_size), or: Self.unwritable)
        }
    }

    /// Opens every copy in a place.
    ///
    /// - Returns: the keys that open; copies for another recovery key are left out.
    static func keys(in path: String, openedBy key: ReceivingKey) -> [FieldEpochKey] {
        Folder.names(in: path).sorted().filter { $0.hasSuffix(suffix) }.compactMap { name in
            guard let sealed = try? RegularFile.read("\(path)/\(name)", byteCountMax: byteCountMax),
                var plain = key.open(sealed)
            else { return nil }
            defer { SecretFile.wipe(&plain) }
            return FieldEpochKey(encoded: plain)
        }
    }

    /// The file's name has a part of the key's mark, so that no other key's copy is taken for this one's.
    private static func name(of number: UInt32, _ mark: [UInt8]) -> String {
        "\(number)-\(Hex.encode(mark.prefix(4)))\(suffix)"
    }

    private static func unwritable(_ file: String, _ reason: String) -> OperationError {
        OperationError(
            code: .epochKeysUnwritable, reason: "the epoch key's copy \(file) cannot be written: \(reason)",
            hint: "repair the place that `epochCopies` names; fields are sealed under the former key meanwhile")
    }
}
