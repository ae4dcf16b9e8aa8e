import Glibc
package import Signing

/// The key pair of backups: its public half is on the daemon's machine, its private half offline.
package enum RecoveryKey {
    /// Reads the public half.
    ///
    /// - Throws: `recovery_key_unusable`.
    package static func publicKey(at path: String) throws(OperationError) -> ReceivingPublicKey {
        do {
            return try ReceivingPublicKey(contentsOf: path)
        } catch {
            throw unusable(path, error.reason)
        }
    }

    /// Reads the private half.
    ///
    /// - Throws: `recovery_key_unusable`.
    package static func privateKey(at path: String, passphrase: [UInt8]?) throws(OperationError) -> ReceivingKey {
        do {
            return try LockedReceivingKey.read(path, passphrase: passphrase)
        } catch {
            throw unusable(path, error.reason)
        }
    }

    /// Reads a passphrase: the first line of a file that its owner alone can read.
    ///
    /// - Throws: `recovery_key_unusable`.
    package static func passphrase(at path: String) throws(OperationError) -> [UInt8] {
        var bytes: [UInt8]
        do {
            bytes = try SecretFile.read(path, byteCountMax: passphraseByteCountMax)
        } catch {
            throw unusable(path, error.reason)
        }
        defer { SecretFile.wipe(&bytes) }
        let line = Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D })
        guard !line.isEmpty else { throw unusable(path, "its first line is empty") }
        return line
    }

    /// Makes a pair in two new files.
    ///
    /// - Parameters:
    ///   - suite: the installation's suite.
    ///   - path: the private half's file, mode 0400.
    ///   - publicPath: the public half's file, a SubjectPublicKeyInfo in PEM.
    ///   - passphrase: locks the private half; nil for none.
    /// - Throws: `key_exists`, `key_unwritable`; no file is left then.
    package static func make(
        for suite: Suite, at path: String, publicAt publicPath: String, passphrase: [UInt8]?
    ) throws(OperationError) {
        do {
            let key = try ReceivingKey.generate(for: suite)
            try SecretFile.create(key.publicKey.pem, at: publicPath)
            do throws(SigningError) {
                _ = unsafe chmod(publicPath, 0o644)
                try LockedReceivingKey.write(key, to: path, passphrase: passphrase, random: SystemRandom())
            } catch {
                unsafe unlink(publicPath)
                throw error
            }
        } catch {
            throw OperationError(any: error)
        }
    }

    private static let passphraseByteCountMax = 1024

    private static func unusable(_ path: String, _ reason: String) -> OperationError {
        OperationError(
            code: .recoveryKeyUnusable, reason: "the recovery key \(path) cannot be used: \(reason)",
            hint: "make a pair with `suishen recovery-key new`, and name its right half")
    }
}
