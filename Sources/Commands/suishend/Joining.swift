import CommandSupport
import IssuerInterface
import Issuing
import Platform

/// Makes the folder of a new daemon from a running one, or fetches the keys that a folder lacks.
enum Joining {
    /// Asks the running daemon, and says what there is to do on this machine.
    ///
    /// - Parameters:
    ///   - folder: a new folder, or one that has joined before; its daemon may be running.
    ///   - address: the running daemon.
    /// - Throws: the daemon's refusal, `daemon_unreachable`, or the error of the folder; a new folder is gone then.
    static func run(_ folder: StateDirectory, from address: RemoteAddress) throws {
        let joining = try DaemonJoining(folder)
        let outcome = try joining.take(IssuerClient(.remote(address)).ask(.joinDaemon, joining.request))
        guard outcome.isNew else {
            let names = outcome.added.joined(separator: ", ")
            let words = outcome.added.isEmpty ? "has every key" : "has got \(names)"
            return StandardStream.output.write("\(folder.path) \(words)\n")
        }
        StandardStream.output.write("\(folder.path) has joined, with \(outcome.added.count) files\n")
        for setting in outcome.machineSettings {
            note("look at `\(setting.name)` in suishend.yaml, which is about one machine: \(setting.value)")
        }
        if outcome.needsToken { note("keys lie in a token, which this machine must reach with a PIN of its own") }
        note("then run `suishend --check-config --state \(folder.path)`")
    }

    private static func note(_ words: String) {
        StandardStream.error.write("suishend: \(TerminalText.line(words))\n")
    }
}
