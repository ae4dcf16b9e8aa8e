import Glibc
import Platform
import Signing

extension GateKeys {
    /// The age from which a receiving key should be replaced, in seconds.
    package static let receivingSecondsMax: UInt64 = 7 * 86_400

    /// Under this name a key is written before it has its place, so that no name ever has a part of a key.
    private static let unfinishedName = "gate-receiving.unfinished"

    /// Makes the receiving key that follows, unless one waits already, and signs the request to be sealed to it.
    ///
    /// The gate goes on opening with the key that it has, until it takes keys that are sealed to the new one.
    ///
    /// - Parameters:
    ///   - folder: the gate's state folder.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the request.
    /// - Throws: `bundle_unreadable` for a gate that is not enrolled, a folder that cannot be written, or a key that
    ///   cannot be read; an error of a key's file.
    package static func renewal(in folder: String, at now: UInt64) throws -> UnverifiedRekeyRequest {
        guard let keys = try GateKeys(in: folder), let suite = keys.signing.algorithm.suite else {
            throw BundleError(
                code: .unreadable, reason: "\(folder) has no \(signingName): the gate is not enrolled",
                hint: "enrol it with `verify enrol`, or name its folder with --state")
        }
        let next = try GateFile.exclusively(in: folder) { _ in
            Result { try waitingKey(in: folder, for: suite) }
        }
        return try UnverifiedRekeyRequest(for: next.get().publicKey, signedBy: keys.signing, issuedAt: now)
    }

    /// The receiving key that waits, made unless there is one.
    private static func waitingKey(in folder: String, for suite: Suite) throws -> ReceivingKey {
        let path = "\(folder)/\(nextReceivingName)"
        if exists(folder, nextReceivingName) { return try ReceivingKey(contentsOf: path) }
        let unfinished = "\(folder)/\(unfinishedName)"
        guard unsafe unlink(unfinished) == 0 || errno == ENOENT else { throw GateFile.unwritable(unfinished) }
        let key = try ReceivingKey.generate(for: suite)
        try key.write(to: unfinished)
        guard unsafe rename(unfinished, path) == 0, Folder.sync(folder) else { throw GateFile.unwritable(path) }
        return key
    }

    /// Gives the next receiving key its place, and destroys the one before it.
    ///
    /// Call it once keys that are sealed to the next one are in use and remembered: nothing older is taken any more. The
    /// old key's file is overwritten with zeros, synced and removed. A file system or disk that writes elsewhere than it
    /// was told, such as most flash memory, may keep the old bytes until it uses their place again.
    ///
    /// - Throws: `bundle_unreadable`, `state_busy`.
    static func useNextReceivingKey(in folder: String) throws(BundleError) {
        try settle(in: folder) { () throws(BundleError) in
            guard exists(folder, nextReceivingName) else { return }
            let (path, former) = ("\(folder)/\(receivingName)", "\(folder)/\(formerReceivingName)")
            // A second name, so that the old key can still be destroyed after a crash.
            guard unsafe link(path, former) == 0 || errno == EEXIST, Folder.sync(folder),
                unsafe rename("\(folder)/\(nextReceivingName)", path) == 0, Folder.sync(folder)
            else { throw GateFile.unwritable(path) }
        }
    }

    /// Destroys an old key that a crash has left.
    static func destroyFormerReceivingKey(in folder: String) throws(BundleError) {
        guard exists(folder, formerReceivingName) else { return }
        try settle(in: folder) { () throws(BundleError) in }
    }

    /// Destroys what a crash has left, does the work, and destroys what the work has left.
    private static func settle(
        in folder: String, _ work: () throws(BundleError) -> Void
    ) throws(BundleError) {
        try GateFile.exclusively(in: folder) { (_) throws(BundleError) in
            try destroyFormer(in: folder)
            try work()
            try destroyFormer(in: folder)
        }
    }

    private static func destroyFormer(in folder: String) throws(BundleError) {
        let path = "\(folder)/\(formerReceivingName)"
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        // With two names it is still the gate's key: a crash came before the next one had its place.
        if status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 {
            guard unsafe chmod(path, 0o600) == 0 else { throw GateFile.unwritable(path) }
            let descriptor = unsafe Glibc.open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { throw GateFile.unwritable(path) }
            defer { close(descriptor) }
            let zeros = [UInt8](repeating: 0, count: min(Int(status.st_size), ReceivingKey.fileByteCountMax))
            guard WholeTransfer.write(zeros, to: descriptor), fsync(descriptor) == 0 else {
                throw GateFile.unwritable(path)
            }
        }
        guard unsafe unlink(path) == 0, Folder.sync(folder) else { throw GateFile.unwritable(path) }
    }

    /// Whether the receiving key of a folder was made over a week ago.
    ///
    /// - Parameters:
    ///   - folder: the gate's state folder.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: false for a folder without the key.
    static func isReceivingKeyOld(in folder: String, at now: UInt64) -> Bool {
        var status = stat()
        guard unsafe lstat("\(folder)/\(receivingName)", &status) == 0 else { return false }
        let madeAt = UInt64(clamping: status.st_mtim.tv_sec)
        return now > madeAt && now - madeAt > receivingSecondsMax
    }
}
