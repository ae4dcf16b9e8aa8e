import ArgumentParser
import CommandSupport

/// The command of issuers, operators and phones; each subcommand has its own file.
@main
struct SuishenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suishen",
        abstract: "Make, present and inspect Suishen codes.",
        version: Release.version,
        subcommands: [
            InitCommand.self, PersonCommand.self, EnterpriseCommand.self, ObjectCommand.self, IssueCommand.self,
            RevokeCommand.self, EventCommand.self, LogCommand.self, BundleCommand.self, PublishCommand.self,
            KeyCommand.self, ConfirmCommand.self,
            RootCommand.self, GateCommand.self, OfferCommand.self, WalletCommand.self,
            SettleCommand.self, AuditCommand.self,
            CodesCommand.self, BackupCommand.self, RecoveryKeyCommand.self, RecoverCommand.self,
            RegistryCommand.self, DeviceCommand.self, PresentCommand.self, InspectCommand.self,
        ])

    static func main() async {
        await CommandMain.run(self, hasVerdict: false)
    }
}
