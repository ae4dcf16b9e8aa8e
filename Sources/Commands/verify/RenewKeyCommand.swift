import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Platform
import Signing

/// Makes a gate's next receiving key, and prints the request by which the issuer seals to it.
struct RenewKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew-key",
        abstract: "Make this gate's next receiving key, and print its request to be sealed to it.",
        discussion: """
            Give the request to `suishen gate rekey`. The gate opens with its present key until it has taken keys that \
            are sealed to the new one; then it destroys the old key, so that archived files stay shut. A second run \
            before that prints the request again, with the same new key.
            """)

    @Option(help: "The folder of the gate's state and keys.")
    var state: String

    @Flag(help: "One JSON object a line; this is always the output.")
    var json = false

    func run() throws {
        do {
            let request = try GateKeys.renewal(in: state, at: WallClock.seconds())
            StandardStream.output.write(request.json.encoded() + "\n")
        } catch let error as BundleError {
            throw CommandError(undecided: error)
        } catch let error as SigningError {
            throw CommandError(undecided: error)
        }
    }
}
