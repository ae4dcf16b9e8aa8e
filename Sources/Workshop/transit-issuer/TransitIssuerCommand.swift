import ArgumentParser
import CommandSupport
import Gate
import Glibc
import Platform
import QRDrawing
import Signing

/// Plays a transit network: its certificate authority, a card issuer and a holder's phone.
///
/// For tests, demonstrations and trials of gates; the codes follow this project's reading of the layout.
@main
struct TransitIssuerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transit-issuer",
        abstract: "Play a transit network, to make codes for trials of gates.",
        version: Release.version,
        subcommands: [InitCommand.self, CodeCommand.self])

    static func main() {
        CommandMain.runAtOnce(self, hasVerdict: false)
    }
}

extension CommandError {
    /// Runs `body`, and turns an error of a lower module into a command error.
    static func wrapping<Value>(_ body: () throws -> Value) throws(CommandError) -> Value {
        do {
            return try body()
        } catch let error as CommandError {
            throw error
        } catch let error as any CodedError {
            throw CommandError(undecided: error)
        } catch {
            throw CommandError(code: "unexpected", reason: "\(error)", hint: "report this with the command line")
        }
    }
}
