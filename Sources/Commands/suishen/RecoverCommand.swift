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
            have these files. With the published log in its folder `log`, the entries since the backup are put back, \
            and what they had erased is erased. Published revocations are set again, every status list continues in a \
            new shard, and the next bundle's version is above the published one. The log takes no events until it \
            reaches that checkpoint. On a new machine, --key opens the copies of the epoch keys, without which the \
            personal fields cannot be read.
            """)

    @Option(help: "The folder with the newest bundle, its status lists and the newest checkpoint.")
    var published: String

    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    @Option(help: "The folder of copies of the epoch keys; the setting epochCopies by default.")
    var epochCopies: String?

    @OptionGroup var recovery: OptionalRecoveryKeyOptions
    @OptionGroup var clock: ClockOptions
    @OptionGroup var result: ResultOptions

    func run() async throws {
        let folder = try StateOptions.folder(state)
        let report: JSONValue
        do {
            try StateOptions.checkPermissions(of: folder)
            let sources = InstallationRecovery.Sources(
                published: published, recoveryKey: try recovery.privateKey(), epochCopies: epochCopies)
            report = try await InstallationRecovery.run(
                folder, sources, at: clock.now, by: getuid(), random: SystemRandom(),
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
        for warning in Self.warnings(of: report) { diagnostics.warn(warning) }
        diagnostics.warn(
            "the registry does not know codes and subjects made after the backup: such a code stays valid until it "
                + "expires, and cannot be revoked by subject or cti; to end all such codes, strike their key with "
                + "`suishen key compromise`, and issue new ones")
    }

    /// What the report says is lost or missing, one sentence each.
    private static func warnings(of report: JSONValue) -> [String] {
        func count(_ name: String) -> Int64 { report[name]?.integer ?? 0 }
        var warnings: [String] = []
        if count("logEntriesMissing") > 0 {
            let bundles = report["logBundlesMissing"]?.array?.compactMap(\.string) ?? []
            let missing = bundles.isEmpty ? "" : " (missing: \(bundles.prefix(3).joined(separator: ", ")), …)"
            warnings.append(
                "\(count("logEntriesMissing")) published entries are missing from the log\(missing); it takes no events "
                    + "until they are put back: recover again with the log's files in PUBLISHED/log")
        }
        if report["actsLog"] != "recovered" {
            warnings.append(
                "the log of acts lacks its newest entries; it stands still until they are put back, and everything else "
                    + "goes on: recover again with its newest files in PUBLISHED/acts")
        }
        if count("revocationsMissing") > 0 {
            warnings.append(
                "the log of acts states \(count("revocationsMissing")) revocations more than the registry has: unless they "
                    + "are of lists that have ended, the published lists are too old, and revoked codes are valid again; "
                    + "recover again with the newest lists in PUBLISHED/status before the daemon starts")
        }
        if count("openingsLost") > 0 {
            warnings.append(
                "\(count("openingsLost")) openings of personal fields were made after the backup and are lost; auditors "
                    + "who ask for openings will find them missing")
        }
        if count("fieldsLost") > 0 {
            warnings.append(
                "\(count("fieldsLost")) personal fields cannot be read, because their epoch keys are gone; with copies "
                    + "of these keys, recover again with --key")
        }
        if count("holdingsEndedInDoubt") > 0 {
            warnings.append(
                "\(count("holdingsEndedInDoubt")) phones have no valid code in the backup, so nothing shows whether "
                    + "they were reported lost; they are not renewed, and need a new offer")
        }
        return warnings
    }
}
