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
        var values: [String: String] = [:]
        var rest = arguments.makeIterator()
        while let name = rest.next() {
            if name == "--json" { continue }
            guard ["--bundle", "--scene", "--text", "--at"].contains(name), values[name] == nil,
                let value = rest.next(), !value.isEmpty, !value.hasPrefix("-")
            else { return nil }
            values[name] = value
        }
        guard let bundle = values["--bundle"], let scene = values["--scene"], let text = values["--text"] else {
            return nil
        }
        if let seconds = values["--at"] {
            guard let at = UInt64(seconds) else { return nil }
            self.at = at
        } else {
            at = nil
        }
        settings = GateSettings(bundle: bundle, scene: scene)
        self.text = text
    }

    func run() throws -> ExitStatus {
        let output = VerdictOutput(isPlain: false)
        return try settings.open(output).decide([Array(text.utf8)], at: at, output).exitStatus
    }
}
