import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import Issuing
import Signing

/// Brings an installation back that was restored from a backup.
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Let an installation serve again whose folder was restored from a backup.",
        discussion: """
            The daemon must be stopped. PUBLISHED is a folder as `suishen bundle export` leaves it, with the newest \
            bundle, every list that it names, and the newest checkpoint in a file `checkpoint`; gates and auditors have \
            them. Revocations that were published are set again, every status list goes on in a new shard, and the next \
            bundle's version is above the published one. The log takes no events until it is as long as that checkpoint.
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
            report = try await InstallationRecovery.run(
                folder, published: published, at: clock.now, by: getuid(), random: SystemRandom())
        } catch {
            throw CommandError(error)
        }
        result.print(report)
        let diagnostics = Diagnostics(command: "suishen")
        if report["beat"]?.string == "made" {
            diagnostics.warn(
                "the beat was lost and is made anew: nothing told whether the published files are the newest")
        }
        if let count = report["logEntriesMissing"]?.integer, count > 0 {
            diagnostics.warn(
                "the log lacks \(count) entries that were published, and takes no events until they are put back")
        }
        diagnostics.warn(
            "the registry does not know the codes and subjects of after the backup: such a code stays good until it "
                + "ends, and no subject or cti revokes it; to end all of them, strike the key that signed them with "
                + "`suishen key compromise`, and issue anew")
    }
}
