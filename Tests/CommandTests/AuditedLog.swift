import Encoding
import Glibc
import LogForge
import Signing
import TestSupport
import TraceLog

/// Logs in their own folder, and runs of chain-verify over them.
struct AuditedLog {
    struct Answer {
        let status: Int32
        let report: JSONValue

        var code: String? { report["code"]?.string }
        var first: JSONValue? { report["findings"]?.array?.first }
    }

    let logKey: SigningKey
    private let folder: ScratchFolder
    private let program = Program("chain-verify")

    init() throws {
        logKey = try SigningKey.generate(.ed25519)
        folder = try ScratchFolder()
    }

    func vkey() throws -> String {
        try NoteKey(name: ForgedLog.origin, kind: .ed25519, key: logKey.verificationKey).vkey
    }

    /// Writes a log's files below a name, with changes; a nil change leaves that file out.
    func write(_ log: ForgedLog, _ changes: [String: [UInt8]?] = [:], to name: String) throws {
        for (path, bytes) in log.files.mapValues({ $0 as [UInt8]? }).merging(changes, uniquingKeysWith: { $1 }) {
            guard let bytes else { continue }
            var parent = folder.path
            for part in "\(name)/\(path)".split(separator: "/").dropLast() {
                parent += "/\(part)"
                _ = unsafe mkdir(parent, 0o755)
            }
            try folder.write(bytes, to: "\(name)/\(path)")
        }
    }

    /// Saves a checkpoint outside every log, and returns its path.
    func anchor(_ log: ForgedLog) throws -> String {
        try folder.write(log.files["checkpoint"] ?? [], to: "anchor")
    }

    /// Makes an empty file, such as openings that were all erased.
    func emptyFile() throws -> String {
        try folder.write([], to: "empty")
    }

    /// Saves a text outside every log, and returns its path.
    func file(_ text: String, to name: String) throws -> String {
        try folder.write(Array(text.utf8), to: name)
    }

    /// A path below the folder of the logs.
    func path(_ name: String) -> String { folder(name) }

    /// Runs `chain-verify` with these words, and returns its status, output and diagnostics.
    func verify(_ words: [String]) throws -> (status: Int32, output: String, diagnostics: String) {
        let outcome = try program.run(words)
        return (outcome.status, outcome.output, outcome.diagnostics)
    }

    /// Runs `chain-verify object ID NAME`.
    func object(_ object: ObjectID, _ name: String, _ options: [String]) throws -> Answer {
        let outcome = try program.run(
            ["object", Hex.encode(object.bytes), folder(name), "--key", vkey(), "--json"] + options)
        return Answer(
            status: outcome.status, report: try JSONValue.parse(outcome.output.utf8, byteCountMax: 1 << 22))
    }

    /// Runs `chain-verify audit NAME`.
    func audit(_ name: String, _ options: [String]) throws -> Answer {
        let outcome = try program.run(["audit", folder(name), "--key", vkey(), "--json"] + options)
        return Answer(
            status: outcome.status, report: try JSONValue.parse(outcome.output.utf8, byteCountMax: 1 << 20))
    }
}
