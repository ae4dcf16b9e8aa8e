import ArgumentParser
import CommandSupport
import Issuing
import Signing

/// Moves a registry to another store.
struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry", abstract: "Move the registry to a PostgreSQL database.",
        subcommands: [RegistryMigrateCommand.self])
}

/// Moves a registry from its file into a PostgreSQL database.
struct RegistryMigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Move the registry from its file into a PostgreSQL database.",
        discussion: """
            Stop the daemon, and make a backup first. Every row is copied in one transaction, read back and compared; \
            then suishend.yaml names the database. The file registry.sqlite stays, and is not used any more. A move \
            that is interrupted has moved nothing, and can be begun again.
            """)

    @Option(help: "The database, postgresql://USER@HOST,HOST/DATABASE; it must have no registry yet.")
    var to: String

    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    @OptionGroup var result: ResultOptions

    func run() throws {
        try CommandError.wrapping {
            let folder = try StateOptions.folder(state)
            try StateOptions.checkPermissions(of: folder)
            var progress = Progress(unit: "rows", total: nil)
            let answer = try RegistryMigration.run(
                folder, to: to, random: SystemRandom(), credentialFolder: CredentialFolder.path,
                progress: { progress.advance(by: 1) })
            progress.finish()
            result.print(answer)
        }
    }
}
