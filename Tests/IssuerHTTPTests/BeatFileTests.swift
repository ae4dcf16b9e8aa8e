import IssuerTestSupport
import IssuerInterface
import Encoding
import Foundation
import Glibc
import Issuing
import Signing
import Storage
import TestSupport
import Testing

@Suite("The beat of an installation", .serialized)
struct BeatFileTests {
    @Test("that is missing, another's or no whole beat keeps the installation closed")
    func unusable() throws {
        let state = try CopiedState()
        let object = try IssuerServiceObject.register(state)
        try state.answer(["issue", object])
        let beat = try ProjectFiles.bytes(state.beatPath)
        let other = try CopiedState()
        let foreign = try ProjectFiles.bytes(other.beatPath)
        var cases: [(code: String, bytes: [UInt8]?)] = [("beat_missing", nil), ("beat_foreign", foreign)]
        cases += stride(from: 0, to: beat.count - 1, by: max(1, beat.count / 8)).map {
            ("beat_unreadable", Array(beat[..<$0]))
        }
        for (code, bytes) in cases {
            unsafe unlink(state.beatPath)
            if let bytes { try state.installation.folder.write(bytes, to: "state.beat", mode: 0o600) }
            #expect(try state.isRefused(code), "\(code) \(bytes?.count ?? -1)")
            #expect(try (ProjectFiles.exists(state.beatPath) ? ProjectFiles.bytes(state.beatPath) : nil) == bytes)
        }
        for script in ["mkfifo $0", "mkdir $0", "ln -s other $0"] {
            _ = try HTTPDaemon.run(["sh", "-c", "rm -rf $0; \(script)", state.beatPath])
            #expect(try state.isRefused("beat_unreadable"), "\(script)")
        }
        _ = try HTTPDaemon.run(["rm", "-rf", state.beatPath])
        try state.installation.folder.write(beat, to: "state.beat", mode: 0o666)
        // It is said together with every other wrong mode.
        #expect(try state.daemonRefusal().output.contains("[state_permissions]"))
        let export = try state.suishen(["bundle", "export", "--out", state.installation.folder("refused")])
        #expect(export.status != 0 && export.output.contains("[state_permissions]"), "\(export.output)")
        try state.installation.folder.write(beat, to: "state.beat", mode: 0o600)
        try state.answer(["issue", object])
    }

    @Test("that cannot be written leaves nothing answered that needs it, until it can be again")
    func readOnly() throws {
        let state = try CopiedState()
        let object = try IssuerServiceObject.register(state)
        let daemon = try HTTPDaemon(state.installation)
        let client = try IssuerClient(path: daemon.socket)
        unsafe chmod(state.beatPath, 0o400)
        let issue: JSONValue = ["subject": .string(object)]
        let revoke: JSONValue = ["target": .string(object)]
        for _ in 0..<2 {
            for (operation, body) in [(IssuerOperation.issue, issue), (.revoke, revoke)] {
                let refusal = #expect(throws: OperationError.self) {
                    try client.ask(operation, body, idempotencyKey: operation.name)
                }
                #expect(refusal?.code == "beat_unwritable")
                #expect(refusal?.hint.contains("idempotency key") == true)
            }
            let refusal = #expect(throws: OperationError.self) { try client.ask(.exportBundle, [:]) }
            #expect(refusal?.code == "beat_unwritable")
        }
        let answer = try daemon.curl([
            "-H", "Content-Type: application/json", "-d", revoke.encoded(), "http://d/v1/revocations",
        ])
        #expect(answer.output.hasSuffix("503"), "\(answer.output)")
        _ = try client.registerBridge()
        let health = "http://d/v1/health"
        while try !daemon.curl([health]).output.contains("\"beat_unwritable\"") { usleep(10_000) }
        unsafe chmod(state.beatPath, 0o600)
        while try !daemon.curl([health]).output.hasSuffix("\n200") { usleep(10_000) }
        // The change stood, and its first answer comes now.
        let code = try client.ask(.issue, issue, idempotencyKey: "code.issue")
        #expect(try client.ask(.issue, issue, idempotencyKey: "code.issue") == code)
        #expect(try client.ask(.revoke, revoke, idempotencyKey: "code.revoke")["revoked"] == 1)
        #expect(try state.beat()["commits"]?.integer == state.commitCount())
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test("that another process changed is not written over")
    func changed() throws {
        let state = try CopiedState()
        let object = try IssuerServiceObject.register(state)
        let daemon = try HTTPDaemon(state.installation)
        let client = try IssuerClient(path: daemon.socket)
        let other = try CopiedState()
        let foreign = try ProjectFiles.bytes(other.beatPath)
        for bytes in [foreign, nil] {
            unsafe unlink(state.beatPath)
            if let bytes { try state.installation.folder.write(bytes, to: "state.beat", mode: 0o600) }
            let refusal = #expect(throws: OperationError.self) { try client.ask(.revoke, ["target": .string(object)]) }
            #expect(refusal?.code == "beat_unwritable")
            #expect(try (ProjectFiles.exists(state.beatPath) ? ProjectFiles.bytes(state.beatPath) : nil) == bytes)
        }
    }

    @Test("is made by init alone, and never over another")
    func made() throws {
        let folder = try ScratchFolder()
        let program = "\(HTTPDaemon.binaries)/suishen"
        try folder.write(Array("something".utf8), to: "state.beat")
        let refused = try HTTPDaemon.run([program, "init", "--state", folder("state")])
        #expect(refused.status == 1 && refused.output.contains("[beat_exists]"), "\(refused.output)")
        #expect(try ProjectFiles.bytes(folder("state.beat")) == Array("something".utf8))
        #expect(!ProjectFiles.exists(folder("state")))
        unsafe unlink(folder("state.beat"))
        #expect(try HTTPDaemon.run([program, "init", "--state", folder("state") + "/"]).status == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder("state.beat"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let inside = try HTTPDaemon.run([
            program, "init", "--state", folder("second"), "--beat", folder("second") + "/beat",
        ])
        #expect(inside.status == 1 && inside.output.contains("[settings_invalid]"), "\(inside.output)")
        #expect(!ProjectFiles.exists(folder("second")))
        let elsewhere = ["init", "--state", folder("third"), "--beat", folder("elsewhere")]
        #expect(try HTTPDaemon.run([program] + elsewhere).status == 0)
        #expect(ProjectFiles.exists(folder("elsewhere")) && !ProjectFiles.exists(folder("third.beat")))
        let export = ["bundle", "export", "--state", folder("third"), "--out", folder("out")]
        #expect(try HTTPDaemon.run([program] + export).status == 0)
    }

    @Test("is made for an installation of a version before, at its first start alone, which says so")
    func earlier() throws {
        // The earlier version's newest entry was recorded in 2027.
        let clock = try SetClock(at: 1_900_000_000)
        let state = try CopiedState()
        let beat = try ProjectFiles.bytes(state.beatPath)
        try Self.makeEarlier(state)
        try state.copy(as: "earlier")
        let check = try state.daemonRefusal(["--check-config"])
        #expect(check.status == 0, "\(check.output)")
        // One that tells of a later registry, whose folder was copied back from before the first start.
        let later = try CopiedState()
        try later.answer(["bundle", "export", "--out", later.installation.folder("out")])
        try state.installation.folder.write(ProjectFiles.bytes(later.beatPath), to: "state.beat", mode: 0o600)
        #expect(try state.isRefused("registry_behind"))
        // One whose making was cut short counts nothing yet.
        try state.installation.folder.write(beat, to: "state.beat", mode: 0o600)
        var daemon = try HTTPDaemon(state.installation, prefix: clock.words)
        #expect(daemon.end(SIGTERM) == 0)
        #expect(try state.beat()["commits"]?.integer == state.commitCount())
        unsafe unlink(state.beatPath)
        #expect(try state.isRefused("beat_missing"))
        try state.putBack("earlier")
        _ = try HTTPDaemon.run(["rm", state.installation.folder("suishend.log")])
        daemon = try HTTPDaemon(state.installation, prefix: clock.words)
        #expect(
            try daemon.diagnostics.contains("suishend: made \(state.beatPath), the first beat of this installation"))
        #expect(daemon.end(SIGTERM) == 0)
        #expect(try state.beat()["commits"]?.integer == state.commitCount())
        try daemon.start()
        #expect(daemon.end(SIGTERM) == 0)
        #expect(try daemon.diagnostics.components(separatedBy: "made \(state.beatPath)").count == 2)
        try state.putBack("earlier")
        #expect(try state.isRefused("registry_behind"))
    }

    /// Puts the registry of an earlier version in the place of a new installation's, with its keys, and takes the beat away.
    private static func makeEarlier(_ state: CopiedState) throws {
        let dump = String(
            decoding: try ProjectFiles.bytes(ProjectFiles.fixtures + "/registry/first.sql"), as: UTF8.self)
        let fresh = state.installation.folder("fresh.sqlite")
        _ = try HTTPDaemon.run(["mv", state.installation.state.registry, fresh])
        for suffix in ["-wal", "-shm"] { unsafe unlink(state.installation.state.registry + suffix) }
        let keys =
            "DELETE FROM issuerKey; INSERT INTO issuerKey SELECT "
            + "keyIdentifier, issuer, spki, uses, notBefore, expiresAt, status FROM fresh.issuerKey"
        try RegistryFile(state.installation.state.registry).execute("\(dump); ATTACH '\(fresh)' AS fresh; \(keys)")
        unsafe chmod(state.installation.state.registry, 0o600)
        // The dump's own secrets.
        for (name, byte) in [("registry.key", UInt8(1)), ("digest.key", 2)] {
            unsafe unlink(state.installation.state.key(name))
            try state.installation.folder.write(
                [UInt8](repeating: byte, count: FieldCipher.keyByteCount), to: "state/keys/\(name)", mode: 0o400)
        }
        unsafe unlink(state.beatPath)
    }
}

/// Registers by the command, in its own process.
enum IssuerServiceObject {
    static func register(_ state: CopiedState) throws -> String {
        let words = [
            "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category", "bridge",
        ]
        return try #require(try state.answer(words)["subject"]?.string)
    }
}
