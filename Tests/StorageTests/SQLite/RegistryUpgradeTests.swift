import Foundation
import GRDB
import Glibc
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("An upgrade of a registry")
struct RegistryUpgradeTests {
    private static let copyName = "registry.sqlite.before-upgrade"
    private static let secret = "11010519491231002X"
    private let scratch: ScratchFolder
    private var path: String { scratch("registry.sqlite") }

    /// The registry of `first.sql` in the form in which an earlier version left it.
    init() throws {
        scratch = try ScratchFolder()
        let dump = String(
            decoding: try ProjectFiles.bytes(ProjectFiles.fixtures + "/registry/first.sql"), as: UTF8.self)
        let database = try DatabaseQueue(path: scratch("registry.sqlite"))
        try database.writeWithoutTransaction {
            try $0.execute(sql: dump)
            try $0.execute(sql: "PRAGMA journal_mode = WAL")
        }
        try database.close()
    }

    private func open(_ path: String, observer: @escaping UpgradeObserver = { _ in }) throws -> RegistryDatabase {
        try RegistryDatabase.opening(
            path: path, cipher: ScratchRegistry.cipher(), observer: observer, check: { _ in }
        ).0
    }

    private static func isUpgraded(_ path: String) throws -> Bool {
        let registry = try RegistryDatabase(readingOnly: path)
        return try registry.read { snapshot in
            let database = try snapshot.sqlite
            let codes = try Int.fetchOne(database, sql: "SELECT count(*) FROM code")
            let revocations = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM revocation WHERE reason IS NOT NULL")
            let isNew = try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations").contains("beat 1")
            #expect(codes ?? 0 > 0 && revocations == 1, "\(path)")
            return isNew
        }
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
    }

    @Test("gives the registry gates")
    func gates() async throws {
        let registry = try open(path)
        let gate = GateRecord(
            identifier: [UInt8](repeating: 1, count: 16), name: "gate", signingKey: [1], receivingKey: [2],
            site: "hall",
            scenes: ["bus"], domains: [], registeredAt: 1, statusAt: 1)
        #expect(try registry.read { try $0.gates(after: nil, count: 10) }.isEmpty)
        try await registry.write { try $0.putGate(gate) }
        #expect(try registry.read { try $0.gate(gate.identifier) } == gate)
    }

    @Test("lies beside a private copy of what was there, which goes once the upgraded registry has passed its checks")
    func copy() throws {
        let seen = Mutex<[UpgradeStep: Bool]>([:])
        let copy = scratch(Self.copyName)
        _ = try open(path) { step in
            var status = stat()
            let isThere = unsafe stat(copy, &status) == 0
            if step == .copied {
                #expect(status.st_mode & 0o7777 == 0o600)
                let bytes = FileManager.default.contents(atPath: copy) ?? Data()
                #expect(bytes.range(of: Data(Self.secret.utf8)) != nil)
                #expect((try? Self.isUpgraded(copy)) == false)
            }
            seen.withLock { $0[step] = isThere }
        }
        let expected: [UpgradeStep: Bool] = [
            .copyBegun: false, .copied: true, .migrated: true, .committed: true, .copyRemoved: false,
        ]
        #expect(seen.withLock { $0 } == expected)
        #expect(try Self.isUpgraded(path))
        for name in try names() {
            let bytes = FileManager.default.contents(atPath: scratch(name)) ?? Data()
            #expect(bytes.range(of: Data(Self.secret.utf8)) == nil, "\(name)")
        }
        // One that is of this version already is opened without a copy.
        _ = try open(path) { Issue.record("there is nothing to upgrade: \($0)") }
    }

    @Test("that was cut off at any step is no reason to refuse the next start, and leaves no copy")
    func cutOff() throws {
        let folder = scratch.path
        let upgraded = try open(path) { step in
            let target = folder + "-" + step.rawValue
            // What the kernel has of the files is what a process that is killed now leaves.
            try? FileManager.default.copyItem(atPath: folder, toPath: target)
            unsafe unlink(target + "/registry.sqlite-shm")
        }
        withExtendedLifetime(upgraded) {}
        for step in UpgradeStep.allCases {
            let left = folder + "-" + step.rawValue
            defer { try? FileManager.default.removeItem(atPath: left) }
            if step == .copyBegun {
                // A copy that was half written.
                let bytes = try ProjectFiles.bytes(path)
                try Data(bytes.prefix(bytes.count / 2)).write(to: URL(fileURLWithPath: left + "/\(Self.copyName).tmp"))
            }
            _ = try open(left + "/registry.sqlite")
            #expect(try Self.isUpgraded(left + "/registry.sqlite"), "\(step)")
            let names = try FileManager.default.contentsOfDirectory(atPath: left)
            #expect(!names.contains { $0.contains("before-upgrade") }, "\(step): \(names)")
        }
    }

    @Test(
        "that fails leaves every byte as it was, keeps the copy and names it",
        arguments: [
            // No version writes bytes for a reason, and the step that seals reasons comes after one that succeeds.
            "UPDATE revocation SET reason = x'00ff'",
            // The step that states the position of the registry finds its table taken.
            "CREATE TABLE installation (id)",
        ])
    func fails(damage: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { try $0.execute(sql: damage) }
        try database.close()
        let before = try ProjectFiles.bytes(path)
        for attempt in 1...2 {
            let error = #expect(throws: StorageError.self) { try open(path) }
            #expect(error?.code == .upgradeFailed, "\(attempt): \(String(describing: error))")
            #expect(error?.reason.contains(scratch(Self.copyName)) == true && error?.hint.isEmpty == false)
            #expect(error?.reason.contains(Self.secret) == false)
            #expect(try ProjectFiles.bytes(path) == before)
        }
        // The copy holds what the registry holds.
        let rows = try [path, scratch(Self.copyName)].map { file in
            try DatabaseQueue(path: file).read { try Row.fetchAll($0, sql: "SELECT * FROM code ORDER BY id") }
        }
        #expect(rows[0] == rows[1] && !rows[0].isEmpty)
    }
}
