import ArgumentParser
import CommandSupport
import Encoding
import LogForge
import TraceLog

/// `log-forge flip LOG`.
struct FlipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flip", abstract: "Flip every byte of a log, one at a time, and audit each copy.",
        discussion: """
            Each copy is audited with the honest log's checkpoint as anchor. Prints the number of copies for each \
            finding code, and ends with 1 when any copy passed as intact.
            """)

    @Argument(help: "The honest log's folder.")
    var log: String

    @Option(help: "The log's verifier key.")
    var key: String

    @Flag(help: "Flip each of a byte's eight bits in turn, instead of one bit.")
    var everyBit = false

    func run() async throws {
        let source = LogFolderSource(folder: log)
        var options = AuditOptions()
        options.key = try NoteKey(vkey: key)
        options.signatures = .none
        let bytes = try source.read("checkpoint", byteCountMax: SignedNote.byteCountMax) ?? []
        options.anchors = [try Checkpoint(note: bytes)]
        let flips = try await ByteFlips(source, options: options)
        let byteCount = flips.files.values.reduce(0) { $0 + $1.count }
        var progress = Progress(unit: "bytes flipped", total: byteCount)
        let tally = try await flips.audit(everyBit: everyBit) { progress.advance(by: $0) }
        progress.finish()
        let codes = tally.codes.sorted { $0.key < $1.key }
        let line: JSONValue = [
            "files": .integer(Int64(flips.files.count)),
            "bytes": .integer(Int64(byteCount)),
            "copies": .integer(Int64(tally.copyCount)), "intact": .array(tally.intact.map { .string($0) }),
            "codes": .object(JSONObject(codes.map { .init(key: $0.key, value: .integer(Int64($0.value))) })),
        ]
        StandardStream.output.write(line.encoded() + "\n")
        if !tally.intact.isEmpty { throw ExitCode(ExitStatus.failure.rawValue) }
    }
}
