import Encoding
import Gate
import Glibc
import Signing
import TestSupport

/// A gate whose bundle is fetched from a server, with its own state and a clock that the test sets.
struct SyncedGate {
    let gate: VerifyGate
    let server: TreeServer
    let clock: SetClock
    /// Holds the bundle's folder `bundle` and the state folder `state`.
    let scratch: ScratchFolder

    var bundle: String { scratch("bundle") }
    var state: String { scratch("state") }

    init() throws {
        (gate, server, clock) = try (VerifyGate(), TreeServer(), SetClock(at: VerifyGate.now))
        gate.remove()
        scratch = try ScratchFolder()
        unsafe mkdir(scratch("bundle"), 0o755)
        unsafe mkdir(server.tree("status"), 0o755)
        for file in try gate.files(version: 5) where file.path == EpochKeyFile.name {
            try scratch.write(file.bytes, to: "bundle/\(file.path)", mode: mode_t(file.mode))
        }
        try server.tree.write(gate.root.verificationKey.pem(), to: BundleExport.rootName)
        try publish(version: 5)
    }

    /// Publishes a generation; the tree has no epoch keys, which the gate was given by hand.
    func publish(_ files: [BundleExport.File]) throws {
        for file in files where ![EpochKeyFile.name, BundleExport.rootName].contains(file.path) {
            let unfinished = try server.tree.write(file.bytes, to: file.path + ".new")
            guard unsafe rename(unfinished, server.tree(file.path)) == 0 else { throw MissingFile(path: file.path) }
        }
    }

    func publish(
        version: UInt64, listTime: UInt64 = VerifyGate.start, listTimeMin: UInt64? = nil,
        issuedAt: UInt64 = VerifyGate.start, by key: SigningKey? = nil, revoked: [UInt64] = [VerifyGate.revokedIndex],
        listKey: SigningKey? = nil
    ) throws {
        try publish(
            gate.files(
                version: version, domains: [], listTime: listTime, listTimeMin: listTimeMin, revoked: revoked,
                listKey: listKey, rootKey: key, issuedAt: issuedAt))
    }

    /// The words of `verify sync` for this gate, under its clock.
    func words(_ options: [String] = [], in bundle: String? = nil, state: String? = nil) -> [String] {
        Array(clock.words.dropFirst()) + [
            Program("verify").path, "sync", "--bundle", bundle ?? self.bundle, "--from", server.address, "--state",
            state ?? self.state,
        ] + options
    }

    func sync(_ options: String...) throws -> Program.Outcome { try sync(options) }

    func sync(_ options: [String]) throws -> Program.Outcome {
        try Program(path: "/usr/bin/env").run(words(options))
    }

    /// The bundle version by which the gate accepts a fresh showing; nil where it does not accept.
    func acceptedVersion(bundle: String? = nil, state: String? = nil) throws -> Int64? {
        let outcome = try Program(path: "/usr/bin/env").run(
            Array(clock.words.dropFirst()) + [
                Program("verify").path, "--bundle", bundle ?? self.bundle, "--state", state ?? self.state, "--scene",
                "metro-gate", "--text", gate.shown(gate.person()),
            ])
        let verdict = try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 16)
        if verdict["code"] != "ok" { print("the gate says", outcome.output) }
        return verdict["code"] == "ok" ? verdict["trust"]?["bundleVersion"]?.integer : nil
    }

    /// The target of the link `current`; nil where there is none.
    func current() -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = unsafe readlink("\(bundle)/current", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }

    /// The names in a folder below the bundle's, sorted.
    func names(in folder: String) throws -> [String] {
        let listing = try Program(path: "/bin/ls").run(["-A", "\(bundle)/\(folder)"])
        return listing.output.split(separator: "\n").map(String.init).sorted()
    }
}

extension Program.Outcome {
    /// The code that stands at the end of the error's line.
    var errorCode: String? {
        diagnostics.split(separator: "\n").first { $0.contains(": error: ") }?.split(separator: "[").last
            .map { String($0.prefix { $0 != "]" }) }
    }

    var result: JSONValue? { try? JSONValue.parse(Array(output.utf8), byteCountMax: 1 << 16) }
}
