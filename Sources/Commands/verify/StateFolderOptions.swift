import ArgumentParser
import Gate

/// The options by which a command finds a gate's state folder.
struct StateFolderOptions: ParsableArguments {
    @Option(help: "The bundle's folder; the state is in state in it unless --state names it.")
    var bundle: String?

    @Option(help: "The gate's state folder, as given to the gate.")
    var state: String?

    func validate() throws {
        guard state != nil || bundle != nil else { throw ValidationError("name the state by --bundle or --state") }
    }

    /// The folder's path.
    var path: String { state ?? GateDirectory.statePath(in: bundle ?? ".") }
}
