import Encoding
import Foundation
import Glibc
import IssuerInterface
import IssuerTestSupport
import Signing
import TestSupport
import Testing

@testable import Issuing

@Suite("A backup", .serialized)
struct BackupTests {
    private let state: CopiedState
    private let key: String
    private let publicKey: String

    init() throws {
        state = try CopiedState()
        (key, publicKey) = (state.installation.folder("recovery"), state.installation.folder("recovery.pem"))
        let made = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "recovery-key", "new", "--out", key, "--public-out", publicKey,
        ])
        try #require(made.status == 0, "\(made.output)")
    }

    private func path(_ name: String) -> String { state.installation.folder(name) }

    @discardableResult
    private func create(_ name: String, prefix: [String] = []) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run(
            prefix + [
                "\(HTTPDaemon.binaries)/suishen", "backup", "create", path(name), "--to", publicKey, "--state",
                state.path,
            ])
    }

    /// Puts a backup into the installation's own place, whose folder is gone.
    private func restore(_ name: String) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "backup", "restore", path(name), "--state", state.path, "--key", key,
        ])
    }

    private func show(_ file: String, key: String? = nil) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "backup", "show", file, "--key", key ?? self.key, "--json",
        ])
    }

    private func destroy(_ suffixes: [String] = [""]) throws {
        for suffix in suffixes { try #require(HTTPDaemon.run(["rm", "-rf", state.path + suffix]).status == 0) }
    }

    private var hasLeftovers: Bool {
        ProjectFiles.exists(state.path + "/backup-unfinished") || ProjectFiles.exists(path("out.unfinished"))
    }

    @Test("is made under load, and serves nothing until it is recovered, with its beat or without")
    func underLoad() throws {
        let daemon = try HTTPDaemon(state.installation)
        let issuance = try Issuance(try IssuerClient(path: daemon.socket))
        let isOver = Flag()
        let done = DispatchSemaphore(value: 0)
        let socket = daemon.socket
        DispatchQueue.global().async {
            if let client = try? IssuerClient(path: socket) {
                while !isOver.isSet { try? issuance.next(client) }
            }
            done.signal()
        }
        usleep(300_000)
        for name in ["first", "second"] {
            let made = try create(name)
            #expect(made.status == 0 && !hasLeftovers, "\(made.output)")
        }
        isOver.set()
        done.wait()
        var published = try state.publish(to: "published")
        #expect(daemon.end(SIGTERM) == 0 && issuance.twice.isEmpty)
        let shown = try show(path("second"))
        let manifest = try JSONValue.parse(shown.output.utf8, byteCountMax: 1 << 20)
        let names = manifest["files"]?.array?.compactMap { $0["path"]?.string } ?? []
        #expect(Set(names).isSuperset(of: ["suishend.yaml", "registry.sqlite", "keys/registry.key", "roots.cbor"]))
        #expect(!names.contains { $0.contains("beat") || $0.contains("epoch") })
        issuance.forgetLive()
        for lost in [[""], ["", ".beat"]] {
            try destroy(lost)
            #expect(try restore("second").status == 0)
            #expect(try state.isRefused("recovery_needed"))
            try state.answer(["recover", "--published", published])
            try daemon.start()
            let client = try IssuerClient(path: daemon.socket)
            for number in 0..<20 { try issuance.issue(client, ofPerson: number % 2 == 0) }
            #expect(issuance.twice.isEmpty, "\(issuance.twice.count) given twice")
            // Without a beat, nothing but the newest published files tells of these indices.
            published = try state.publish(to: "published-\(lost.count)")
            #expect(daemon.end(SIGTERM) == 0)
        }
    }

    @Test("that is restored on a new machine has one fix for everything that is missing")
    func hints() throws {
        #expect(try create("out").status == 0)
        try destroy(["", ".beat", ".epochs"])
        #expect(try restore("out").status == 0)
        let checked = try HTTPDaemon.run(["\(HTTPDaemon.binaries)/suishend", "--check-config", "--state", state.path])
        let lines = checked.output.split(separator: "\n")
        for code in ["beat_missing", "recovery_needed", "epoch_keys_missing"] {
            let place = try #require(lines.firstIndex { $0.contains("[\(code)]") }, "\(checked.output)")
            let hint = lines[place + 1]
            #expect(hint.contains("hint: run `suishen recover --published DIR`"), "\(code): \(hint)")
            #expect(hint.contains("--key PRIVATE") == (code == "epoch_keys_missing"), "\(code): \(hint)")
        }
    }

    @Test("that is killed at any step has no file of its name, and its plain copy goes with the next run")
    func killed() throws {
        let library = try KillingCalls(in: state.installation.folder)
        try library.arm()
        var killedCount = 0
        for call in 1...60 {
            let outcome = try create("out", prefix: library.prefix(at: call))
            guard outcome.status != 0 else { break }
            killedCount += 1
            // A file that has its name is whole; only the name was not synced yet.
            guard ProjectFiles.exists(path("out")) else { continue }
            #expect(try show(path("out")).status == 0, "call \(call)")
            unsafe unlink(path("out"))
        }
        print("backups killed at \(killedCount) calls")
        #expect(killedCount > 4 && killedCount < 60 && ProjectFiles.exists(path("out")))
        #expect(!hasLeftovers)
        #expect(try show(path("out")).status == 0)
        // A daemon removes what a killed backup left, too.
        unsafe unlink(path("out"))
        unsafe mkdir(state.path + "/backup-unfinished", 0o700)
        try state.installation.folder.write([1], to: "state/backup-unfinished/registry.sqlite", mode: 0o600)
        let daemon = try HTTPDaemon(state.installation)
        for _ in 0..<1000 where hasLeftovers { usleep(20_000) }
        #expect(!hasLeftovers && daemon.end(SIGTERM) == 0)
    }

    @Test("that is restored is whole, or the folder refuses to serve and a second restore begins anew")
    func killedRestore() throws {
        try create("out")
        try destroy()
        let library = try KillingCalls(in: state.installation.folder)
        try library.arm()
        var killedCount = 0
        for call in 1...200 {
            let words = [
                "\(HTTPDaemon.binaries)/suishen", "backup", "restore", path("out"), "--state", state.path, "--key", key,
            ]
            let outcome = try HTTPDaemon.run(library.prefix(at: call) + words)
            guard outcome.status != 0 else { break }
            killedCount += 1
            if ProjectFiles.exists(state.path + "/suishend.yaml"),
                !ProjectFiles.exists(state.path + "/restore-unfinished")
            {
                break
            }
            guard ProjectFiles.exists(state.path + "/suishend.yaml"), call.isMultiple(of: 7) else { continue }
            let refusal = try state.daemonRefusal()
            #expect(refusal.output.contains("[recovery_needed]"), "call \(call): \(refusal.output)")
        }
        print("restores killed at \(killedCount) calls")
        #expect(killedCount > 10 && killedCount < 200)
        #expect(try state.isRefused("recovery_needed"))
        #expect(!ProjectFiles.exists(state.path + "/restore-unfinished"))
    }

    @Test("is refused without its key, over another file, and into a folder that is in use")
    func refusals() throws {
        #expect(try create("out").status == 0)
        let again = try create("out")
        #expect(again.status == 1 && again.output.contains("[backup_exists]"), "\(again.output)")
        let keyless = try state.suishen(["backup", "create", path("other")])
        #expect(keyless.output.contains("[recovery_key_unusable]") && !ProjectFiles.exists(path("other")))
        let elsewhere = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "backup", "create", path("none/out"), "--to", publicKey, "--state",
            state.path,
        ])
        #expect(elsewhere.output.contains("[output_unwritable]") && !hasLeftovers, "\(elsewhere.output)")
        let busy = try restore("out")
        #expect(busy.output.contains("[state_exists]"), "\(busy.output)")
        for suite in ["ed25519", "sm2"] {
            let (other, half) = (path("other-\(suite)"), path("other-\(suite).pem"))
            _ = try HTTPDaemon.run([
                "\(HTTPDaemon.binaries)/suishen", "recovery-key", "new", "--out", other, "--public-out", half,
                "--suite",
                suite,
            ])
            let outcome = try show(path("out"), key: other)
            #expect(outcome.status != 0 && outcome.output.contains("[backup_unreadable]"), "\(outcome.output)")
        }
        // A copy of the folder by hand has no mark, and its beat tells; a restored one is refused with any beat.
        try destroy()
        #expect(try restore("out").status == 0)
        #expect(try state.isRefused("recovery_needed"))
    }

    @Test("with any byte changed, and cut anywhere, is refused")
    func altered() throws {
        let keys = try ReceivingKey.generate(for: .ed25519)
        let folder = state.installation.folder
        let writer = try BackupWriter(at: path("small"), to: keys.publicKey, random: SystemRandom())
        try writer.add(Array("issuer: SH\n".utf8), at: "suishend.yaml", mode: 0o600)
        try writer.add([1, 2, 3], at: "keys/registry.key", mode: 0o400)
        try writer.add([4], at: "log/tile/0/000.p/1", mode: 0o644)
        try writer.finish()
        let bytes = try ProjectFiles.bytes(path("small"))
        func outcome(_ bytes: [UInt8]) throws -> String? {
            try folder.write(bytes, to: "altered", mode: 0o600)
            do {
                let reader = try BackupReader(path("altered"), openedBy: keys)
                try reader.visit { _, _ in }
                return nil
            } catch {
                return OperationError(any: error).code
            }
        }
        #expect(try outcome(bytes) == nil)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1
            #expect(try outcome(altered) == "backup_unreadable", "\(index)")
            #expect(try outcome(Array(bytes[..<index])) == "backup_unreadable", "\(index)")
        }
        #expect(try outcome(bytes + [0]) == "backup_unreadable")
        for path in [
            "", "/etc/x", "../x", "keys/../x", "keys/a/b", "log/../x", "log/.lock", "run/lock", "other", "keys/",
        ] {
            #expect(!BackupFileHead.isAllowed(path), "\(path)")
        }
    }

    @Test("that finds its disk full leaves nothing", .enabled(if: Disk.canMount))
    func full() throws {
        let disk = try Disk(megabytes: 6)
        try disk.fill()
        let outcome = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "backup", "create", path("out"), "--to", publicKey, "--state",
            disk.installation.state.path,
        ])
        #expect(outcome.status != 0 && !ProjectFiles.exists(path("out")), "\(outcome.output)")
        #expect(outcome.output.contains("[disk_full]") || outcome.output.contains("[registry_unwritable]"))
        #expect(!ProjectFiles.exists(disk.installation.state.path + "/backup-unfinished"))
        let small = try Disk(megabytes: 6)
        try small.fill()
        let target = small.installation.folder("out")
        let full = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "backup", "create", target, "--to", publicKey, "--state", state.path,
        ])
        #expect(full.output.contains("[output_unwritable]"), "\(full.output)")
        #expect(!ProjectFiles.exists(target) && !ProjectFiles.exists(target + ".unfinished") && !hasLeftovers)
    }

    /// A flag for another thread.
    private final class Flag: @unchecked Sendable {
        private let lock = NSLock()
        private var value = false

        var isSet: Bool { lock.withLock { value } }
        func set() { lock.withLock { value = true } }
    }
}

/// One thread uses it at a time.
extension Issuance: @unchecked Sendable {}
