import CommandSupport
import Gate
import GateCommandLine
import Glibc

/// Reads a gate's usual command line without the argument parser: `--bundle DIR --scene SCENE`, `--state DIR` and
/// `--root FILE|DIGEST`, with `--text TEXT` or pictures.
///
/// Declaring every option to the parser takes a third of the process's whole time. A command line with any other or
/// repeated option goes to the parser, which also reports mistakes.
struct QuickScan {
    private let settings: GateSettings
    private let text: String?
    private let images: [String]
    private let at: UInt64?

    /// Reads the arguments after the command's name; nil when the parser must read them.
    init?(_ arguments: some Collection<String>) {
        var bundle: String?
        var scene: String?
        var text: String?
        var state: String?
        var root: RootSource?
        var at: UInt64?
        var images: [String] = []
        var rest = arguments.makeIterator()
        while let name = rest.next() {
            if name == "--json" { continue }
            if !name.hasPrefix("-") {
                // A word with neither may be a subcommand's name, which the parser reads.
                guard name.contains("/") || name.contains(".") else { return nil }
                images.append(name)
                continue
            }
            guard let value = rest.next(), !value.isEmpty, !value.hasPrefix("-") else { return nil }
            switch name {
            case "--bundle" where bundle == nil: bundle = value
            case "--scene" where scene == nil: scene = value
            case "--text" where text == nil: text = value
            case "--state" where state == nil: state = value
            case "--root" where root == nil: root = RootSource(value)
            case "--at" where at == nil:
                guard let seconds = UInt64(value) else { return nil }
                at = seconds
            default: return nil
            }
        }
        guard let bundle, let scene, (text == nil) != images.isEmpty else { return nil }
        settings = GateSettings(
            of: "verify", at: at, bundle: bundle, scene: scene, root: root ?? .folder, state: state)
        self.text = text
        self.images = images
        self.at = at
    }

    /// Decides, and ends the process with the verdict's exit status.
    func run() throws -> Never {
        let output = VerdictOutput(isPlain: false)
        let gate = try settings.open(output.write)
        let outcome: VerdictOutcome
        if let text {
            outcome = gate.decide(text, at: at, receipts: nil, output)
        } else {
            var pictures = PictureScan(reader: PictureReader(), gate: gate, receipts: nil, output: output, at: at)
            outcome = pictures.decide(images)
        }
        // All output is written; freeing the gate and libcrypto would take as long as two signatures.
        withExtendedLifetime(gate) { _exit(outcome.exitStatus.rawValue) }
    }
}
