import Encoding
import Foundation
import Glibc
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@testable import Issuing

@Suite(
    "Two daemons of one installation in a database and a bucket", .serialized,
    .enabled(if: SharingInstallations.isAvailable))
struct SharedStateTests {
    private static let start: UInt64 = 1_800_000_000
    private static let week: UInt64 = 604_800
    private static let links: JSONValue = [
        "residentId": "11010519491231002X", "medical": "a1b2c3d4e5f60718293a4b5c",
        "transit": "0f1e2d3c4b5a69788796a5b4",
    ]

    /// One installation, and the services of its daemons, each in a folder of its own.
    private struct Pair {
        /// Has the daemons' folders, which go with it.
        let shared: SharingInstallations
        let one: IssuingService
        let other: IssuingService

        var bucket: S3Bucket { shared.bucket }
        var installation: Installation { shared.installations[0] }
        var folder: ScratchFolder { installation.folder }

        init() throws {
            shared = try SharingInstallations()
            one = try shared.installations[0].open()
            other = try shared.installations[1].open()
        }

        /// Has the first daemon keep the epoch keys, in a term of its own.
        func keepEpochs(at now: UInt64) async throws {
            try one.database.lease?.renew()
            #expect(one.database.lease?.term != nil)
            try await one.keepEpochsOnce(at: now)
        }

        var beat: Beat {
            get throws { try #require(Beat(text: bucket.server.object("closed/beat", in: bucket))) }
        }
    }

    @Test("advance one beat, which covers the commits of both, and which keeps an older database closed")
    func beats() async throws {
        let pair = try Pair()
        let lift: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "elevator"]
        var subjects: [JSONValue] = []
        for service in [pair.one, pair.other] {
            subjects.append(try #require(try await service.ask(.registerObject, lift)["subject"]))
        }
        for (service, subject) in zip([pair.other, pair.one], subjects) {
            _ = try await service.ask(.issue, ["subject": subject])
            _ = try await service.ask(.revoke, ["target": subject])
            #expect(try pair.beat.commitCount >= service.commitCount)
        }
        try await withThrowingTaskGroup { group in
            for service in [pair.one, pair.other] {
                group.addTask {
                    for _ in 0..<20 {
                        _ = try await service.ask(.registerObject, lift)
                        try await service.advanceBeat()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try pair.beat.commitCount == max(pair.one.commitCount, pair.other.commitCount))
        // One that opens while the others write is not taken for an older copy.
        let third = pair.folder("third")
        try FileManager.default.copyItem(atPath: pair.installation.state.path, toPath: third)
        let writing = Task {
            for _ in 0..<100 {
                _ = try await pair.one.ask(.registerObject, lift)
                try await pair.one.advanceBeat()
            }
        }
        for _ in 0..<5 { _ = try IssuingService(StateDirectory(path: third), random: SystemRandom()) }
        try await writing.value
    }

    @Test("open each other's fields through every change of epoch keys, also one that has slept for weeks")
    func epochs() async throws {
        let pair = try Pair()
        let subject = try #require(try await pair.other.ask(.registerPerson, Self.links)["subject"])
        func issue(_ service: IssuingService, key: String) async throws -> JSONValue {
            try await service.ask(.issue, ["subject": subject, "kind": "paper"], key: key)
        }
        let first = try await issue(pair.other, key: "a")
        try await pair.keepEpochs(at: Self.start + Self.week)
        // The other daemon has not looked for keys: it reads the newer one to open the links, and seals under it.
        #expect(pair.other.epochs.ring.current.number == 1)
        #expect(try await issue(pair.other, key: "a") == first)
        #expect(try await issue(pair.other, key: "b")["text"] != nil)
        #expect(pair.other.epochs.ring.current.number == 2)
        #expect(try await issue(pair.one, key: "b") == issue(pair.other, key: "b"))
        // It sleeps until key 2 has ended too.
        for week in 2...5 as ClosedRange<UInt64> {
            try await pair.keepEpochs(at: Self.start + week * Self.week)
        }
        let ended = try pair.one.database.read { try $0.epochKeys() }.filter { $0.status == .destroyed }
        // Kept answers need the keys under which they were sealed until they end.
        #expect(ended.map(\.number).allSatisfy { pair.one.epochs.ring.key($0) == nil })
        #expect(try await issue(pair.other, key: "c")["text"] != nil)
        #expect(pair.other.epochs.ring.current.number == pair.one.epochs.ring.current.number)
        #expect(try await issue(pair.one, key: "c") == issue(pair.other, key: "c"))
        try pair.other.epochs.follow(pair.other.database)
        #expect(pair.other.epochs.ring.keys == pair.one.epochs.ring.keys)
        let newest = pair.one.epochs.ring.current.number
        let needed = try pair.one.database.read { database in
            try (1..<newest).filter { try database.hasSealedField(under: $0) }
        }
        for number in needed { #expect(pair.one.epochs.ring.key(number) != nil, "\(number)") }
        #expect(try pair.one.database.read { try pair.one.registry.lostFieldCount(in: $0) } == 0)
    }

    @Test("both keep the keys, as after the pause of one, and a single key of each number is made")
    func bothKeep() async throws {
        let pair = try Pair()
        _ = try await pair.other.ask(.registerPerson, Self.links)
        for week in 1...4 as ClosedRange<UInt64> {
            try await withThrowingTaskGroup { group in
                for service in [pair.one, pair.other] {
                    group.addTask {
                        _ = try await service.epochs.keep(
                            at: Self.start + week * Self.week, registry: service.registry, in: service.database)
                    }
                }
                try await group.waitForAll()
            }
        }
        for service in [pair.one, pair.other] { try service.epochs.follow(service.database) }
        #expect(pair.one.epochs.ring.keys == pair.other.epochs.ring.keys)
        let records = try pair.one.database.read { try $0.epochKeys() }
        #expect(records.map(\.number) == Array(1...5) && records.prefix(3).allSatisfy { $0.status == .destroyed })
        let names = try pair.bucket.server.keys(of: pair.bucket).filter { $0.hasPrefix("epochs/") }
        #expect(names.sorted() == ["epochs/4.key", "epochs/5.key"])
        #expect(try pair.one.database.read { try pair.one.registry.lostFieldCount(in: $0) } == 0)
    }

    @Test("one joins by an answer that it alone can open, and a broken one leaves no folder")
    func joining() async throws {
        let pair = try Pair()
        let state = StateDirectory(path: pair.folder("joined"))
        let joining = try DaemonJoining(state)
        let name = try #require(CallerIdentity("second.daemons.example"))
        let caller = IssuingService.Caller(
            identity: name, grants: Grants(roles: [.daemon]), nowMilliseconds: Self.start * 1000)
        let answer = try await pair.one.perform(.joinDaemon, joining.request, by: caller)
        let act = try #require(
            try pair.one.database.read { try pair.one.acts.newest(of: .daemonJoin, in: $0) })
        let keyCount = try FileManager.default.contentsOfDirectory(atPath: pair.installation.state.path + "/keys").count
        #expect(act.act["files"] == String(keyCount - 1))
        let openings = try pair.one.database.read { try pair.one.acts.log.store.openings(of: act.index, in: $0) }
        #expect(openings.map(\.value) == ["second.daemons.example"])
        let files = try #require((answer["files"]?.string).map { try Base64.decode($0) })
        var altered = files
        altered[files.count / 2] ^= 1
        let key = answer["key"] ?? .null
        let broken: [JSONValue] = [
            .null, ["key": key], ["key": key, "files": .string(Base64.encode(altered))],
            ["key": key, "files": .string(Base64.encode(Array(files.dropLast())))],
            ["key": .string(Base64.encode([1, 2, 3])), "files": .string(Base64.encode(files))],
        ]
        for value in broken {
            let refusal = #expect(throws: OperationError.self) { try joining.take(value) }
            #expect(refusal?.code == "answer_malformed" && !ProjectFiles.exists(state.path))
        }
        let stranger = try DaemonJoining(state)
        #expect(throws: OperationError.self) { try stranger.take(answer) }
        #expect(!ProjectFiles.exists(state.path))
        let outcome = try joining.take(answer)
        #expect(outcome.isNew && !outcome.needsToken)
        _ = try IssuingService(state, random: SystemRandom())
        let again = try joining.take(answer)
        #expect(!again.isNew && again.added.isEmpty)
    }

    @Test("take no file of a path that no installation shares")
    func paths() throws {
        func encoded(_ path: String) -> [UInt8] {
            ["suishend.yaml", "root.pem", path].flatMap {
                BackupFileHead(path: $0, mode: 0o400, byteCount: 1).encoded + [1]
            }
        }
        #expect(throws: Never.self) { try SharedFiles(encoded("keys/issuer.pem")) }
        let paths = [
            "keys/../x.pem", "/etc/x.pem", "keys/x/y.pem", "keys/.pem", "keys/x.txt", "registry.sqlite",
            "log/checkpoint", "run/lock", "root.pem", "",
        ]
        for path in paths {
            let refusal = #expect(throws: OperationError.self) { try SharedFiles(encoded(path)) }
            #expect(refusal?.code == "answer_malformed", "\(path)")
        }
        let whole = encoded("keys/issuer.pem")
        let lastHead = BackupFileHead(path: "keys/issuer.pem", mode: 0o400, byteCount: 1).encoded
        for count in whole.indices where count != whole.count - lastHead.count - 1 {
            #expect(throws: OperationError.self) { try SharedFiles(Array(whole[..<count])) }
        }
    }
}
