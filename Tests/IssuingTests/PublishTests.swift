import Credential
import Encoding
import Gate
import Glibc
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing

@testable import Issuing

@Suite("A published tree")
struct PublishTests {
    private static let start: UInt64 = 1_800_000_000
    private static let scene = "object-inspection"
    private let installation: Installation
    private let service: IssuingService
    private let tree: String

    init() throws {
        installation = try Installation()
        service = try installation.open()
        tree = installation.folder("tree")
    }

    private func publish(at time: UInt64 = start, to path: String? = nil) async throws(OperationError) -> Publication {
        try await service.publish(
            to: path ?? tree, by: .init(uid: 0, grants: .everything, nowMilliseconds: time * 1000))
    }

    private func object() async throws -> (subject: String, text: String) {
        let subject = try await service.ask(
            .registerObject, ["kind": "object", "manager": "91350100M000100Y43", "category": "elevator"])["subject"]
        let code = try await service.ask(.issue, ["subject": try #require(subject)])
        return (try #require(subject?.string), try #require(code["text"]?.string))
    }

    private func revoke(_ subject: String, at time: UInt64 = start) async throws {
        _ = try await service.ask(.revoke, ["target": .string(subject)], at: time)
    }

    /// The verdict of a gate that reads a folder for the first time.
    private func verdict(_ text: String, in folder: String? = nil, at time: UInt64 = start) throws -> String {
        let state = try ScratchFolder()
        let gate = try GateDirectory(path: folder ?? tree, state: state("gate"))
        let scene = try #require(gate.bundle.scene(named: Self.scene))
        let verifier = Verifier(directory: gate, scene: scene, replay: nil)
        let verdict = try #require(
            verifier.settle(verifier.assess([Array(text.utf8)], at: time), at: time).first)
        return verdict.findings.warnings.contains("update_refused") ? "update_refused" : verdict.code.rawValue
    }

    /// Every file by its path.
    private func files(_ folder: String? = nil) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for folder in [folder ?? tree, "\(folder ?? tree)/status"] {
            for name in try names(in: folder) where name != "status" {
                let path = folder.hasSuffix("/status") ? "status/\(name)" : name
                files[path] = try ProjectFiles.bytes("\(folder)/\(name)")
            }
        }
        return files
    }

    private func names(in folder: String) throws -> [String] {
        let listing = unsafe try #require(opendir(folder))
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private func status(_ path: String) throws -> stat {
        var status = stat()
        try #require(unsafe stat("\(tree)/\(path)", &status) == 0)
        return status
    }

    private func hotList() throws -> HotListToken {
        try HotListToken(ProjectFiles.bytes("\(tree)/status/hot")[...]) { _ in true }
    }

    private func list(_ name: String) throws -> StatusListToken {
        try StatusListToken(ProjectFiles.bytes("\(tree)/status/\(name).cwt")[...]) { _ in true }
    }

    @Test("is a gate's folder with everything that all gates may see, and nothing else")
    func content() async throws {
        let (_, text) = try await object()
        let publication = try await publish()
        let names = Set(try files().keys)
        #expect(names == Set(publication.written))
        #expect(names.isSuperset(of: ["bundle.cbor", "root.pem", "status/hot", "status/SH-object-lasting.cwt"]))
        #expect(names.allSatisfy { !$0.contains("key") && !$0.hasPrefix(".") })
        #expect(try names.allSatisfy { try status($0).st_mode & 0o7777 == 0o644 })
        #expect(try status("status").st_mode & 0o7777 == 0o755 && status(".").st_mode & 0o7777 == 0o755)
        #expect(try verdict(text) == "ok")
        #expect(publication.written.last == "bundle.cbor")
    }

    @Test("changes nothing when nothing has changed, and the hot list alone after a revocation")
    func unchanged() async throws {
        let (subject, text) = try await object()
        _ = try await publish()
        let before = try files()
        let inodes = try before.keys.map { try status($0).st_ino }
        #expect(try await publish(at: Self.start + 299).written == [])
        #expect(try before.keys.map { try status($0).st_ino } == inodes)
        try await revoke(subject)
        let publication = try await publish(at: Self.start + 10)
        #expect(publication.written == ["status/hot"] && publication.hotCount == 1)
        #expect(try verdict(text, at: Self.start + 10) == "revoked")
        #expect(try hotList().base == Self.start && hotList().issuedAt == Self.start + 10)
        #expect(try await publish(at: Self.start + 11).written == [])
        #expect(try await publish(at: Self.start + 310).written == ["status/hot"])
        #expect(try await publish(at: Self.start + 3599).written == ["status/hot"])
        // Hourly the full lists take over, and the base moves with them.
        let hourly = try await publish(at: Self.start + 3600)
        #expect(hourly.hotCount == 0 && !hourly.written.contains("bundle.cbor"))
        #expect(hourly.written.last == "status/hot" && hourly.written.count > 3)
        #expect(try hotList().base == Self.start + 3600 && hotList().revoked.isEmpty)
        #expect(try verdict(text, at: Self.start + 3600) == "revoked")
    }

    @Test("fits at every instant: after each replaced file a gate decides, and the next run mends it")
    func everyInstant() async throws {
        let ((subject, revoked), (_, good)) = (try await object(), try await object())
        _ = try await publish()
        let changes: [(UInt64, () async throws -> Void)] = [
            (Self.start + 10, { try await self.revoke(subject) }),
            (Self.start + 3700, {}),
            (
                Self.start + 3800,
                { _ = try await self.service.ask(.rotateKey, ["role": "status"], at: Self.start + 3800) }
            ),
            (
                Self.start + 3900,
                { _ = try await self.service.ask(.rotateKey, ["role": "issuer"], at: Self.start + 3900) }
            ),
            // Lists of other days come and go.
            (Self.start + 2 * 86_400, {}),
        ]
        for (time, change) in changes {
            let before = try files()
            try await change()
            let publication = try await publish(at: time)
            let after = try files()
            #expect(!publication.written.isEmpty)
            let steps =
                publication.written.map { ($0, after[$0]) } + publication.removed.map { ("status/\($0).cwt", nil) }
            for count in 0...steps.count {
                let copy = try ScratchFolder()
                unsafe mkdir(copy("status"), 0o755)
                for (path, bytes) in before { try copy.write(bytes, to: path) }
                for (path, bytes) in steps.prefix(count) {
                    if let bytes { try copy.write(bytes, to: path) } else { unsafe unlink(copy(path)) }
                }
                let place = "\(time - Self.start), \(count) of \(steps.map(\.0))"
                #expect(try verdict(good, in: copy.path, at: time) == "ok", "\(place)")
                #expect(["ok", "revoked"].contains(try verdict(revoked, in: copy.path, at: time)))
                try copy.write([1, 2], to: "status/.unfinished-abcdef")
                _ = try await publish(at: time + 1, to: copy.path)
                #expect(try Set(files(copy.path).keys) == Set(after.keys))
                #expect(try verdict(revoked, in: copy.path, at: time + 1) == "revoked")
                #expect(try verdict(good, in: copy.path, at: time + 1) == "ok")
            }
            // The mending runs have taken versions of their own.
            _ = try await publish(at: time + 1)
        }
    }

    @Test("gets a new bundle once another bundle was exported, or a third of its term is over")
    func bundle() async throws {
        _ = try await publish()
        let lists = try files().filter { $0.key.hasSuffix(".cwt") }
        _ = try await service.ask(.exportBundle, [:], at: Self.start + 5)
        let next = try await publish(at: Self.start + 6)
        #expect(next.written == ["bundle.cbor"])
        #expect(try files().filter { $0.key.hasSuffix(".cwt") } == lists)
        #expect(try await publish(at: Self.start + 7).written == [])
        #expect(try await publish(at: Self.start + 86_405).written.contains("bundle.cbor") == true)
    }

    @Test("moves its base when more was revoked than a hot list holds")
    func overflow() async throws {
        var subjects: [String] = []
        for _ in 0..<3 { subjects.append(try await object().subject) }
        _ = try await publish()
        let name = "SH-object-lasting"
        #expect(try list(name).list.count > 100_000)
        // Revocations of codes that this registry never issued, as a recovery records them.
        let bits = (0..<14_000).map { UInt64($0) + 70_000 }
        _ = try await service.database.write { [registry = service.registry] database in
            try registry.restoreRevocations(bits, of: name, reason: "test", at: Self.start + 1, in: database)
        }
        let publication = try await publish(at: Self.start + 10)
        #expect(publication.hotCount == 0)
        #expect(try hotList().base == Self.start + 10)
        let list = try list(name).list
        #expect(bits.allSatisfy { list[Int($0)] })
        try await revoke(subjects[0], at: Self.start + 11)
        #expect(try await publish(at: Self.start + 12).written == ["status/hot"])
        #expect(try hotList().revoked.map(\.bits.count) == [1])
    }

    @Test("is mended where a file is missing, cut, another's, or has another mode")
    func mended() async throws {
        _ = try await publish()
        let good = try files()
        let list = "status/SH-object-lasting.cwt"
        for path in ["bundle.cbor", list, "status/hot"] {
            for bytes in [nil, Array(try #require(good[path]).dropLast()), [], [0x80]] as [[UInt8]?] {
                unsafe unlink("\(tree)/\(path)")
                if let bytes { try installation.folder.write(bytes, to: "tree/\(path)") }
                let publication = try await publish(at: Self.start + 1)
                #expect(publication.written.contains(path))
                #expect(try files().keys.sorted() == good.keys.sorted())
            }
        }
        unsafe chmod("\(tree)/root.pem", 0o600)
        await #expect(throws: OperationError.self) { try await publish(at: Self.start + 1) }
        unsafe chmod("\(tree)/root.pem", 0o644)
        #expect(try await publish(at: Self.start + 1).written == [])
    }

    @Test("copies the root documents where there are any, and leaves strangers' files")
    func roots() async throws {
        try installation.folder.write([1, 2, 3], to: "state/roots.cbor", mode: 0o600)
        _ = try await publish()
        #expect(try files()["roots.cbor"] == [1, 2, 3])
        try installation.folder.write([9], to: "tree/robots.txt")
        try installation.folder.write([1, 2, 3, 4], to: "state/roots.cbor", mode: 0o600)
        #expect(try await publish(at: Self.start + 1).written == ["roots.cbor"])
        #expect(try files()["robots.txt"] == [9])
    }

    @Test("is not written over by another installation, an older registry or a clock behind it")
    func newer() async throws {
        let (subject, _) = try await object()
        _ = try await publish()
        func refusal(_ time: UInt64, of service: IssuingService? = nil) async -> String? {
            do throws(OperationError) {
                _ = try await (service ?? self.service).publish(
                    to: tree, by: .init(uid: 0, grants: .everything, nowMilliseconds: time * 1000))
                return nil
            } catch {
                return error.code
            }
        }
        #expect(await refusal(Self.start - 1) == "tree_newer")
        let other = try Installation()
        #expect(await refusal(Self.start + 1, of: try other.open()) == "tree_newer")
        unsafe unlink("\(tree)/bundle.cbor")
        #expect(await refusal(Self.start + 1, of: try other.open()) == "root_differs")
        #expect(await refusal(Self.start + 1) == nil)
        // A hot list that has a revocation which the registry lacks.
        let before = try files()
        try await revoke(subject)
        _ = try await publish(at: Self.start + 2)
        let after = try files()
        let foreign = try HotListToken(
            subject: "https://x.cn/status/hot", base: 1, issuedAt: Self.start, expiresAt: Self.start + 9,
            revoked: ["SH-object-lasting": [63]]
        ).signed(by: .generate(.ed25519))
        try installation.folder.write(foreign, to: "tree/status/hot")
        #expect(await refusal(Self.start + 3) == "tree_newer")
        try installation.folder.write(try #require(before["status/hot"]), to: "tree/status/hot")
        #expect(await refusal(Self.start + 3) == nil)
        #expect(after.keys.sorted() == (try files().keys.sorted()))
    }
}
