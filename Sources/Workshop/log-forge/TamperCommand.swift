import ArgumentParser
import CommandSupport
import Encoding
import LogForge
import Signing
import TraceLog

/// `log-forge tamper CASE LOG OUT`.
struct TamperCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tamper", abstract: "Copy a log and tamper with the copy in one way.",
        discussion: """
            Prints the finding that an auditor with the honest log's checkpoint as anchor must report. `list` in place \
            of a case prints all cases.
            """)

    @Argument(help: "The case, or list.")
    var name: String

    @Argument(help: "The honest log's folder.")
    var log: String?

    @Argument(help: "The folder of the copy; it must not exist.")
    var out: String?

    @Option(help: "The log's private key, Ed25519, PEM, for attackers who hold it.")
    var key: String?

    @Option(help: "The first index that may be tampered with; the middle by default.")
    var index: UInt64?

    func run() throws {
        if name == "list" {
            for way in Tampering.allCases { StandardStream.output.write(Self.line(way).encoded() + "\n") }
            return
        }
        guard let way = Tampering(rawValue: name), let log, let out else {
            throw CommandError(
                code: "usage", reason: "the case is unknown, or LOG or OUT is missing", hint: "see `tamper list`",
                status: .usage)
        }
        let signer = try key.map { try ForgeKey.read($0) }
        let tampered: TamperedLog
        do {
            tampered = try Tamperer(source: LogFolderSource(folder: log), key: signer, index: index).tampered(way)
        } catch let error as TraceLogError {
            throw CommandError(undecided: error)
        } catch let error as AuditSourceError {
            throw CommandError(undecided: error)
        }
        let folder = try LogFolder(creating: out)
        if !tampered.isWhole { try folder.copy(log) }
        for (path, bytes) in tampered.changes {
            if let bytes { try folder.write(bytes, to: path) } else { try folder.remove(path) }
        }
        var line = Self.line(way).object ?? JSONObject()
        line["code"] = .string(tampered.expected.code)
        line["index"] = tampered.expected.index.map { .integer(Int64(clamping: $0)) } ?? .null
        line["object"] = tampered.expected.object.map { .string(Hex.encode($0)) } ?? .null
        line["hidden"] = tampered.hidden.map { .string(Hex.encode($0.bytes)) } ?? .null
        StandardStream.output.write(JSONValue.object(line).encoded() + "\n")
    }

    private static func line(_ way: Tampering) -> JSONValue {
        [
            "case": .string(way.rawValue), "what": .string(way.summary), "attacker": .string(way.attacker.rawValue),
            "needsAnchor": .bool(way.agreesWithItself), "needsOpenings": .bool(way.needsOpenings),
        ]
    }
}
