import ArgumentParser
import CommandSupport
import LogForge
import Signing
import TraceLog

/// `log-forge make OUT`.
struct MakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Make an honest log of any size, and print its verifier key.")

    @Argument(help: "The folder of the log; it must not exist.")
    var out: String

    @Option(help: "The number of events.")
    var events: UInt64 = 10_000

    @Option(help: "The number of objects.")
    var objects: UInt64 = 500

    @Option(help: "The approximate bytes of an entry.")
    var bytes = 300

    @Option(help: "The number of entries between heads entries.")
    var headsInterval: UInt64 = 65_536

    @Option(help: "The log's private key, Ed25519, PEM; without it a new key is made and not saved.")
    var key: String?

    func validate() throws {
        guard events >= 1, (1...UInt64(1 << 24)).contains(objects), (100...4000).contains(bytes), headsInterval >= 2
        else {
            throw ValidationError("give 1 or more events, 1 to 16777216 objects and 100 to 4000 bytes")
        }
    }

    func run() throws {
        let signer = try ForgeKey.read(key)
        let folder = try LogFolder(creating: out)
        var log = BulkLog(eventCount: events, objectCount: objects)
        log.entryByteCount = bytes
        log.headsInterval = headsInterval
        try log.write(key: signer) { path, content throws(CommandError) in try folder.write(content, to: path) }
        let key = try NoteKey(name: log.origin, kind: .ed25519, key: signer.verificationKey)
        StandardStream.output.write(key.vkey + "\n")
    }
}
