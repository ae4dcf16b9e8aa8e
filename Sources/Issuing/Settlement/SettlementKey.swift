import Signing

/// The installation's settlement key: gates seal their receipts to it, and only this installation opens them.
///
/// X25519 in suites `ed25519` and `es256`, SM2 in suite `sm2`, in the file `keys/settlement.key` with mode 0400.
enum SettlementKey {
    static let file = "settlement.key"

    /// Reads the key; nil in an installation of an earlier version that has none yet.
    ///
    /// - Throws: the error of an unusable file.
    static func read(in folder: KeyFolder) throws(SigningError) -> ReceivingKey? {
        try folder.receivingKey(file)
    }

    /// Makes the key; `key_exists` where there is one.
    @discardableResult
    static func make(in folder: KeyFolder, suite: Suite) throws(SigningError) -> ReceivingKey {
        let key = try ReceivingKey.generate(for: suite)
        var bytes = try key.fileBytes()
        defer { SecretFile.wipe(&bytes) }
        try folder.write(secret: bytes, to: file)
        return key
    }
}
