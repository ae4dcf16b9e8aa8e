import CommandSupport
import Credential
import Encoding
import Glibc
import Signing

/// Writes fixtures/wire: vectors of every structure and every refusal, with the keys that made them.
@main
enum WireVectors {
    static func main() {
        let diagnostics = Diagnostics(command: "wire-vectors")
        guard CommandLine.arguments.count == 2 else {
            diagnostics.report(
                CommandError(code: "usage", reason: "one argument is needed", hint: "run wire-vectors fixtures/wire")
            )
            exit(ExitStatus.usage.rawValue)
        }
        do {
            try write(to: CommandLine.arguments[1])
        } catch {
            diagnostics.report(
                CommandError(code: "vectors_failed", reason: "\(error)", hint: "correct the named fault"))
            exit(ExitStatus.failure.rawValue)
        }
    }

    private static func write(to folder: String) throws {
        var accepted: [JSONValue] = []
        var refused: [JSONValue] = []
        var chains: [JSONValue] = []
        var seals: [JSONValue] = []
        var bundles: [JSONValue] = []
        var statusLists: [JSONValue] = []
        for suite in Suite.allCases {
            let shop = try Workshop(suite: suite)
            accepted += try AcceptedVectors.all(shop).map(\.json)
            refused += try RefusedVectors.all(shop).map(\.json)
            chains.append(StructureVectors.chain(shop))
            seals += try StructureVectors.seals(shop)
            bundles += try GateVectors.bundles(shop)
            statusLists += try GateVectors.statusLists(shop)
            for (role, key) in [("issuer", shop.issuer), ("device", shop.device), ("stranger", shop.stranger)] {
                try OutputFile.write(key.pem(), to: "\(folder)/test-keys/\(Workshop.fileName(role, suite))")
            }
        }
        try write(accepted, to: "\(folder)/accepted.json")
        try write(refused, to: "\(folder)/refused.json")
        try write(chains, to: "\(folder)/chains.json")
        try write(seals, to: "\(folder)/seals.json")
        try write(bundles, to: "\(folder)/bundles.json")
        try write(statusLists, to: "\(folder)/status-lists.json")
    }

    /// Writes one vector a line, so that a changed vector is one changed line.
    private static func write(_ vectors: [JSONValue], to path: String) throws {
        let lines = vectors.map { $0.encoded() }.joined(separator: ",\n")
        try OutputFile.write(Array("[\n\(lines)\n]\n".utf8), to: path)
    }
}
