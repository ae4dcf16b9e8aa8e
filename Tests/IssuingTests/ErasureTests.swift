import Encoding
import Foundation
import Glibc
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing

@testable import Issuing

@Suite("An erased personal field")
struct ErasureTests {
    private static let start: UInt64 = 1_800_000_000
    private static let week: UInt64 = 604_800
    private static let value = "张三 13800138000"

    private static func epochFiles(_ installation: Installation) -> [String] {
        let folder = installation.state.path + ".epochs"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    @Test("is unreadable at once, and with every old file in hand once its epoch key has ended")
    func ends() async throws {
        let installation = try Installation()
        let epochs = installation.state.path + ".epochs"
        let secret = Data(try ProjectFiles.bytes(epochs + "/1.key").suffix(32))
        let backup: [String: [UInt8]]
        let beat: [UInt8]
        do {
            let service = try installation.open()
            let (object, index) = try await service.appendPersonal(Self.value)
            #expect(try await service.openedValues() == [Self.value])
            backup = try installation.registryFiles()
            beat = try installation.beat
            _ = try await service.ask(.eraseEvent, ["object": object, "index": index, "reason": "asked for"])
            #expect(try await service.openedValues().isEmpty)
            // Within the week, a thief of the backup and of the epoch keys still reads it.
            try await service.keepEpochsOnce(at: Self.start + Self.week - 1)
            #expect(Self.epochFiles(installation) == ["1.key"])
            try await service.keepEpochsOnce(at: Self.start + Self.week)
            #expect(Self.epochFiles(installation) == ["1.key", "2.key"])
            try await service.keepEpochsOnce(at: Self.start + 2 * Self.week - 1)
            #expect(Self.epochFiles(installation) == ["1.key", "2.key"])
            try await service.keepEpochsOnce(at: Self.start + 2 * Self.week)
            #expect(Self.epochFiles(installation) == ["2.key", "3.key"])
            #expect(try service.database.read { try $0.epochKeys().map(\.status) } == [.destroyed, .live, .live])
        }
        // No file has the old key, and none has the value.
        for file in try files(below: installation.folder.path) {
            let bytes = Data(try ProjectFiles.bytes(file))
            #expect(bytes.range(of: secret) == nil && bytes.range(of: Data(Self.value.utf8)) == nil, "\(file)")
        }
        try installation.restore(backup)
        try installation.restoreBeat(beat)
        // The old registry does not know that its key was destroyed, so it does not open without a recovery.
        let refusal = #expect(throws: OperationError.self) { try installation.open() }
        #expect(refusal?.code == "epoch_keys_missing")
        let outcome = try Self.sqlite(installation, "UPDATE epochKey SET status = 'lost'")
        #expect(outcome == 0)
        let service = try installation.open()
        #expect(try await service.openedValues().isEmpty)
        #expect(try service.database.read { try service.registry.lostFieldCount(in: $0) } == 1)
        // An event, a person and a code all work beside it.
        _ = try await service.appendPersonal(Self.value)
        #expect(try await service.openedValues() == [Self.value])
    }

    @Test("leaves every other field readable through the change of epoch keys, and lost links can be given again")
    func others() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let links: JSONValue = [
            "residentId": "11010519491231002X", "medical": "a1b2c3d4e5f60718293a4b5c",
            "transit": "0f1e2d3c4b5a69788796a5b4",
        ]
        let subject = try #require(try await service.ask(.registerPerson, links)["subject"])
        let code = try await service.ask(.issue, ["subject": subject, "kind": "paper"])
        _ = try await service.ask(.revoke, ["target": try #require(code["cti"]), "reason": "lost by 李四"])
        _ = try await service.appendPersonal(Self.value)
        for week in 1...3 as ClosedRange<UInt64> {
            try await service.keepEpochsOnce(at: Self.start + week * Self.week)
        }
        #expect(Self.epochFiles(installation) == ["3.key", "4.key"])
        #expect(try await service.openedValues() == [Self.value])
        let codes = try await service.ask(.codeHistory, ["subject": subject])["codes"]?.array
        #expect(codes?.first?["revocationReason"] == "lost by 李四" || codes?.first?["reason"] == "lost by 李四")
        #expect(try await service.ask(.issue, ["subject": subject, "kind": "paper"])["text"] != nil)
        // A key that is gone: the person's code is refused with a word, and registering again heals it.
        let ring = service.epochs.ring
        ring.add(try FieldEpochKey.make(number: 9, at: Self.start, random: SystemRandom()))
        ring.remove(4)
        let refusal = await #expect(throws: OperationError.self) {
            try await service.ask(.issue, ["subject": subject, "kind": "paper"])
        }
        #expect(refusal?.code == "field_lost")
        #expect(try await service.ask(.registerPerson, links)["subject"] == subject)
        #expect(try await service.ask(.issue, ["subject": subject, "kind": "paper"])["text"] != nil)
    }

    @Test("or a kept one survives a kill at every step of the change of epoch keys", arguments: EpochStep.allCases)
    func killed(at step: EpochStep) async throws {
        let installation = try Installation()
        let copies = installation.folder("copies")
        unsafe mkdir(copies, 0o700)
        try RecoveryKey.make(
            for: .ed25519, at: installation.folder("private"), publicAt: installation.folder("public"),
            passphrase: nil)
        var settings = Settings()
        (settings.recoveryKey, settings.epochCopies) = (installation.folder("public"), copies)
        try installation.write(settings)
        let killed = installation.folder("killed")
        do {
            let service = try installation.open()
            _ = try await service.appendPersonal(Self.value)
            let (path, copied) = (installation.state.path, Copied())
            let opened = try OpenedEpochs(
                EpochFolder(path: path + ".epochs"), of: service.database, at: 0, random: SystemRandom())
            let keeper = EpochKeeper(opened, copies: try EpochCopies(settings), random: SystemRandom()) { reached in
                guard reached == step, copied.first() else { return }
                for suffix in ["", ".beat", ".epochs"] {
                    try? FileManager.default.copyItem(atPath: path + suffix, toPath: killed + suffix)
                }
            }
            let cipher = try FieldCipher(
                sealingKey: service.keys.registrySecret, digestKey: service.keys.digestSecret, epochs: keeper.ring,
                random: SystemRandom())
            let registry = Registry(cipher: cipher, random: SystemRandom())
            for week in 1...2 as ClosedRange<UInt64> {
                let now = Self.start + week * Self.week
                _ = try await keeper.keep(at: now, registry: registry, in: service.database)
            }
            #expect(copied.isDone, "\(step)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: copies).count == 2)
        let service = try IssuingService(StateDirectory(path: killed), random: SystemRandom())
        #expect(try await service.openedValues() == [Self.value])
        try await service.keepEpochsOnce(at: Self.start + 3 * Self.week)
        try await service.keepEpochsOnce(at: Self.start + 4 * Self.week)
        #expect(try await service.openedValues() == [Self.value])
        #expect(!ProjectFiles.exists(killed + ".epochs/1.key"))
    }

    @Test("keeps its epoch key while the key's place cannot be written, and the service goes on")
    func unwritable() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let copies = try EpochCopies(Settings())
        #expect(copies == nil)
        _ = try await service.appendPersonal(Self.value)
        // A file in the way of the next key, as another installation's would be.
        try installation.folder.write([1], to: "state.epochs/2.key", mode: 0o400)
        let refusal = await #expect(throws: OperationError.self) {
            try await service.keepEpochsOnce(at: Self.start + Self.week)
        }
        #expect(refusal?.code == "epoch_keys_unwritable")
        #expect(try await service.openedValues() == [Self.value])
        _ = try await service.appendPersonal(Self.value)
        unsafe unlink(installation.folder("state.epochs/2.key"))
        try await service.keepEpochsOnce(at: Self.start + Self.week)
        #expect(Self.epochFiles(installation) == ["1.key", "2.key"])
    }

    @Test("needs the folder of its epoch keys, which is not another's and not inside the installation")
    func admission() async throws {
        let installation = try Installation()
        let epochs = installation.state.path + ".epochs"
        func refusal() -> String? {
            do {
                _ = try installation.open()
                return nil
            } catch {
                return OperationError(any: error).code
            }
        }
        func move(_ from: String, _ to: String) throws { try FileManager.default.moveItem(atPath: from, toPath: to) }
        try move(epochs, installation.folder("aside"))
        #expect(refusal() == "epoch_keys_missing")
        let other = try Installation()
        try move(other.state.path + ".epochs", epochs)
        #expect(refusal() == "epoch_keys_foreign")
        try move(epochs, other.state.path + ".epochs")
        try move(installation.folder("aside"), epochs)
        for name in ["1.key", "2.key"] {
            let bytes = (try? ProjectFiles.bytes("\(epochs)/\(name)")) ?? []
            unsafe unlink("\(epochs)/\(name)")
            try installation.folder.write(Array(bytes.dropLast()), to: "state.epochs/\(name)", mode: 0o400)
            #expect(refusal() == "epoch_keys_unreadable", "\(name)")
            unsafe unlink("\(epochs)/\(name)")
            if !bytes.isEmpty { try installation.folder.write(bytes, to: "state.epochs/\(name)", mode: 0o400) }
        }
        #expect(refusal() == nil)
        var settings = Settings()
        settings.epochKeys = installation.state.path + "/epochs"
        try installation.write(settings)
        #expect(refusal() == "settings_invalid")
        settings.epochKeys = nil
        settings.epochCopies = "/srv/copies"
        #expect(throws: OperationError.self) { try Settings(text: settings.text) }
    }

    /// Whether a copy was made already.
    private final class Copied: @unchecked Sendable {
        private(set) var isDone = false

        func first() -> Bool {
            defer { isDone = true }
            return !isDone
        }
    }

    private func files(below folder: String) throws -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).map { "\(folder)/\($0)" }
            .filter { path in
                var isFolder: ObjCBool = false
                return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
    }

    private static func sqlite(_ installation: Installation, _ sql: String) throws -> Int32 {
        try Program(path: "/usr/bin/sqlite3").run([installation.state.registry, sql]).status
    }
}
