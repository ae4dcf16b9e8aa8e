import ArgumentParser
import CommandSupport
import Issuing
import Signing

/// The private half of the recovery key, which must be named.
struct RecoveryKeyOptions: ParsableArguments {
    @Option(help: "The file of the recovery key's private half.")
    var key: String

    @OptionGroup var lock: PassphraseOptions

    func privateKey() throws -> ReceivingKey { try RecoveryKey.privateKey(at: key, passphrase: lock.passphrase()) }
}

/// The private half of the recovery key, where it is at hand.
struct OptionalRecoveryKeyOptions: ParsableArguments {
    @Option(help: "The file of the recovery key's private half, which opens copies of the epoch keys.")
    var key: String?

    @OptionGroup var lock: PassphraseOptions

    func privateKey() throws(OperationError) -> ReceivingKey? {
        guard let key else { return nil }
        return try RecoveryKey.privateKey(at: key, passphrase: lock.passphrase())
    }
}

/// The passphrase of a locked key file.
struct PassphraseOptions: ParsableArguments {
    @Option(help: "The file whose first line is the passphrase of the recovery key's private half.")
    var passphraseFile: String?

    /// The passphrase without its line break; nil where no file is named.
    func passphrase() throws(OperationError) -> [UInt8]? {
        guard let passphraseFile else { return nil }
        return try RecoveryKey.passphrase(at: passphraseFile)
    }
}
