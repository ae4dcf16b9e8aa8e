import ArgumentParser
import CommandSupport
import Encoding
import Issuing
import Signing

/// Makes, lists and restores encrypted backups.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make, list and restore encrypted backups.",
        discussion: """
            A backup is sealed to a recovery key, whose private half stays offline. It has the settings, the keys, the \
            registry and the log; it has neither the beat nor the epoch keys.
            """,
        subcommands: [Create.self, Show.self, Restore.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an encrypted backup; the daemon may run meanwhile.",
            discussion: """
                The registry is copied in one step inside the installation's folder, so that disk needs as much free \
                space as the registry. Until the copy is made, an erasure may answer erase_incomplete. A backup that \
                fails leaves no file.
                """)

        @Argument(help: "The backup's file, which must not exist.")
        var out: String

        @Option(help: "The file of the recovery key's public half; the setting recoveryKey by default.")
        var to: String?

        @Option(help: "The installation's folder; SUISHEN_STATE by default.")
        var state: String?

        @OptionGroup var clock: ClockOptions
        @OptionGroup var result: ResultOptions

        func run() throws {
            try CommandError.wrapping {
                let folder = try StateOptions.folder(state)
                try StateOptions.checkPermissions(of: folder)
                result.print(
                    try InstallationBackup.create(
                        of: folder, at: out, to: to, version: Release.version, at: clock.now, random: SystemRandom(),
                        credentialFolder: CredentialFolder.path))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a backup contains.")

        @Argument(help: "The backup's file.")
        var backup: String

        @OptionGroup var recovery: RecoveryKeyOptions
        @OptionGroup var result: ResultOptions

        func run() throws {
            try CommandError.wrapping {
                result.print(try BackupRestore.manifest(of: backup, openedBy: recovery.privateKey()))
            }
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a backup into a new folder, which then needs `suishen recover`.",
            discussion: """
                Run it as the user who is to own the installation. Nothing is served from the folder until \
                `suishen recover --published DIR` has taken over what was published since the backup.
                """)

        @Argument(help: "The backup's file.")
        var backup: String

        @Option(help: "The folder to make; SUISHEN_STATE by default.")
        var state: String?

        @OptionGroup var recovery: RecoveryKeyOptions
        @OptionGroup var result: ResultOptions

        func run() throws {
            try CommandError.wrapping {
                let folder = try StateOptions.folder(state)
                result.print(try BackupRestore.restore(backup, openedBy: recovery.privateKey(), to: folder))
                Diagnostics(command: "suishen").warn(
                    "\(folder.path) serves nothing until `suishen recover --published DIR` was run on it")
            }
        }
    }
}

/// Makes the key pair of backups.
struct RecoveryKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery-key", abstract: "Make the key pair that backups are sealed to.",
        subcommands: [New.self])

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a pair: the private half goes offline, the public half to the daemon's machine.")

        @Option(help: "The new file of the private half, mode 0400.")
        var out: String

        @Option(help: "The new file of the public half.")
        var publicOut: String

        @Option(help: "The installation's suite: ed25519, es256 or sm2.")
        var suite = Suite.ed25519

        @OptionGroup var lock: PassphraseOptions
        @OptionGroup var result: ResultOptions

        func run() throws {
            try CommandError.wrapping {
                try RecoveryKey.make(for: suite, at: out, publicAt: publicOut, passphrase: lock.passphrase())
                result.print(["privateKeyFile": .string(out), "publicKeyFile": .string(publicOut)])
            }
        }
    }
}
