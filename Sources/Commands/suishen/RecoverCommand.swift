import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import Issuing
import Signing

/// Makes an installation usable again after its folder was restored from a backup.
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Make an installation serve again after its folder was restored from a backup.",
        discussion: """
            Stop the daemon first. PUBLISHED is a folder in the layout of `suishen bundle export`: the newest bundle, \
            every status list that it names, and the newest checkpoint in the file `checkpoint`. Gates and auditors \
            have these files. Published revocations are set again, every status list continues in a new shard, and the \
            next bundle's version is above the published one. The log takes no events until it reaches that checkpoint.
            """)

    @Option(help: "The folder with the newest bundle, its status lists and the newest checkpoint.")
    var published: String

    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    @OptionGroup var clock: ClockOptions
    @OptionGroup var result: ResultOptions

    func run() async throws {
        let folder = try StateOptions.folder(state)
        let report: JSONValue
        do {
            try StateOptions.checkPermissions(of: folder)
            report = try await InstallationRecovery.run(
                folder, published: published, at: clock.now, by: getuid(), random: SystemRandom(),
                credentialFolder: CredentialFolder.path)
        } catch {
            throw CommandError(error)
        }
        result.print(report)
        let diagnostics = Diagnostics(command: "suishen")
        if report["beat"]?.string == "made" {
            diagnostics.warn(
                "the beat was lost and is made anew: nothing shows whether the published files are the newest")
        }
        if let count = report["logEntriesMissing"]?.integer, count > 0 {
            diagnostics.warn(
                "\(count) published entries are missing from the log; it takes no events until they are put back")
        }
        diagnostics.warn(
            "the registry does not know codes and subjects made after the backup: such a code stays valid until it "
                + "expires, and cannot be revoked by subject or cti; to end all such codes, strike their key with "
                + "`suishen key compromise`, and issue new ones")
    }
}
