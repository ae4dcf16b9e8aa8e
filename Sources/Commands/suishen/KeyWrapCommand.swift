import ArgumentParser
import CommandSupport
import Encoding
import HardwareKeys
import Issuing

/// Wraps key files under the passphrase that the settings name.
struct KeyWrapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wrap", abstract: "Encrypt key files under the passphrase that the settings name.",
        discussion: """
            Set keyPassphrase in suishend.yaml first, and stop the daemon. Each file changes in one step, so that the \
            command can be run again after any interruption. To change the passphrase, name the new one's place in the \
            settings and the former one's here. A copy of the plain file that was made before is not found by this.
            """)

    @OptionGroup var choice: KeyFileChoice

    @Option(help: "The place of the passphrase until now: file:/PATH or credential:NAME.")
    var former: PINSource?

    @OptionGroup var result: ResultOptions

    func run() throws {
        try choice.change(result) { wrapping, name throws(OperationError) in
            try wrapping.wrap(name, former: former, credentialFolder: CredentialFolder.path)
        }
    }
}

/// Decrypts key files.
struct KeyUnwrapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unwrap", abstract: "Decrypt key files that are wrapped under the settings' passphrase.",
        discussion: "Stop the daemon first, and take keyPassphrase out of the settings afterwards.")

    @OptionGroup var choice: KeyFileChoice
    @OptionGroup var result: ResultOptions

    func run() throws {
        try choice.change(result) { wrapping, name throws(OperationError) in try wrapping.unwrap(name) }
    }
}

/// The key files that a command changes.
struct KeyFileChoice: ParsableArguments {
    @Argument(help: "Files in the installation's folder keys, such as issuer.pem.")
    var files: [String] = []

    @Flag(help: "Every key and every secret of the installation.")
    var all = false

    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    func validate() throws {
        guard all == files.isEmpty else { throw ValidationError("name files, or give --all") }
        for name in files where name.contains("/") {
            throw ValidationError("name a file of the folder keys without its path, not \(name)")
        }
    }

    func change(
        _ result: ResultOptions, _ body: (KeyWrapping, String) throws(OperationError) -> KeyWrapping.Outcome
    ) throws {
        try CommandError.wrapping {
            let folder = try StateOptions.folder(state)
            try StateOptions.checkPermissions(of: folder)
            let wrapping = try KeyWrapping(
                folder, settings: Settings(contentsOf: folder.settings), credentialFolder: CredentialFolder.path)
            for name in all ? wrapping.files : files {
                let outcome = try body(wrapping, name)
                result.print(["file": .string(name), "change": .string(outcome.rawValue)])
            }
        }
    }
}
