import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Platform
import Signing

/// Makes a gate's own keys, and prints the request by which an operator registers it.
struct EnrolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Make this gate's own keys, and print its request to be registered.",
        discussion: """
            Give the request to `suishen gate register`, and compare the fingerprint there with the one printed here \
            on stderr. A second run prints the request again, with the same keys.
            """)

    @Option(help: "The bundle's folder, which names the root and the suite.")
    var bundle: String

    @Option(help: "The gate's name for its operators, 1 to 64 bytes.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "The trust anchor: the SHA-256 of the root's key, or a PEM file in place of root.pem in the folder.",
            valueName: "FILE|DIGEST"))
    var root: String?

    @Option(help: "The folder for the gate's state and keys, outside the bundle's folder.")
    var state: String?

    @Option(help: "A user, by number, who may write the bundle's folder besides root and this user.")
    var syncUser: UInt32?

    @Flag(help: "One JSON object a line; this is always the output.")
    var json = false

    func run() throws {
        do {
            let directory = try GateDirectory(
                path: bundle, root: root.map(RootSource.init) ?? .folder, state: state,
                users: .own(and: syncUser))
            let request = try directory.enrolmentRequest(name: name, at: WallClock.seconds())
            StandardStream.output.write(request.json.encoded() + "\n")
            StandardStream.error.write("verify: fingerprint \(request.fingerprint)\n")
            if root == nil {
                StandardStream.error.write(
                    "verify: the root was pinned at first use, which is for trials: give its digest with --root\n")
            }
        } catch let error as BundleError {
            throw CommandError(undecided: error)
        } catch let error as SigningError {
            throw CommandError(undecided: error)
        }
    }
}
