import CommandSupport
import Verification

/// The one call a gate makes at every scan, `--bundle DIR --scene SCENE --text TEXT`, read without the parser.
///
/// Declaring every option to the parser takes a third of the process's whole time. Anything but these, each once,
/// goes to the parser, which alone knows the rest, and says what is wrong.
struct TextScan {
    private let settings: GateSettings
    private let text: String
    private let at: UInt64?

    /// Takes the arguments after the command's name; nil where the parser must look at them.
    init?(_ arguments: some Collection<String>) {
        var bundle: String?
        var scene: String?
        var text: String?
        var at: UInt64?
        var rest = arguments.makeIterator()
        while let name = rest.next() {
            if name == "--json" { continue }
            guard let value = rest.next(), !value.isEmpty, !value.hasPrefix("-") else { return nil }
            switch name {
            case "--bundle" where bundle == nil: bundle = value
            case "--scene" where scene == nil: scene = value
            case "--text" where text == nil: text = value
            case "--at" where at == nil:
                guard let seconds = UInt64(value) else { return nil }
                at = seconds
            default: return nil
            }
        }
        guard let bundle, let scene, let text else { return nil }
        settings = GateSettings(bundle: bundle, scene: scene)
        self.text = text
        self.at = at
    }

    func run() throws -> ExitStatus {
        let output = VerdictOutput(isPlain: false)
        return try settings.open(output).decide(ScannedText.payloads(Array(text.utf8)), at: at, output).exitStatus
    }
}
