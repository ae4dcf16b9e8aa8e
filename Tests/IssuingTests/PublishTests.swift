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
    private static let start = PublishingInstallation.start
    private let run: PublishingInstallation

    init() throws {
        run = try PublishingInstallation()
    }

    @Test("is a gate's folder with everything that all gates may see, and nothing else")
    func content() async throws {
        let (_, text) = try await run.object()
        let publication = try await run.publish()
        let names = Set(try run.files().keys)
        #expect(names == Set(publication.written))
        #expect(names.isSuperset(of: ["bundle.cbor", "root.pem", "status/hot", "status/SH-object-lasting.cwt"]))
        #expect(names.allSatisfy { !$0.contains("key") && !$0.hasPrefix(".") })
        #expect(try names.allSatisfy { try run.status($0).st_mode & 0o7777 == 0o644 })
        #expect(try run.status("status").st_mode & 0o7777 == 0o755 && run.status(".").st_mode & 0o7777 == 0o755)
        #expect(try run.verdict(text) == "ok")
        #expect(publication.written.last == "bundle.cbor")
    }

    @Test("changes nothing when nothing has changed, and the hot list alone after a revocation")
    func unchanged() async throws {
        let (subject, text) = try await run.object()
        _ = try await run.publish()
        let before = try run.files()
        let inodes = try before.keys.map { try run.status($0).st_ino }
        #expect(try await run.publish(at: Self.start + 299).written == [])
        #expect(try before.keys.map { try run.status($0).st_ino } == inodes)
        try await run.revoke(subject)
        let publication = try await run.publish(at: Self.start + 10)
        #expect(publication.written == ["status/hot"] && publication.hotCount == 1)
        #expect(try run.verdict(text, at: Self.start + 10) == "revoked")
        #expect(try run.hotList().base == Self.start && run.hotList().issuedAt == Self.start + 10)
        #expect(try await run.publish(at: Self.start + 11).written == [])
        #expect(try await run.publish(at: Self.start + 310).written == ["status/hot"])
        #expect(try await run.publish(at: Self.start + 3599).written == ["status/hot"])
        // Hourly the full lists take over; the base stays, for gates that fetch them later.
        let hourly = try await run.publish(at: Self.start + 3600)
        #expect(hourly.hotCount == 1 && !hourly.written.contains("bundle.cbor"))
        #expect(hourly.written.first == "status/hot" && hourly.written.count > 3)
        #expect(try run.hotList().base == Self.start && run.hotList().issuedAt == Self.start + 3600)
        #expect(try run.list("SH-object-lasting").issuedAt == Self.start + 3600)
        #expect(try run.verdict(text, at: Self.start + 3600) == "revoked")
        // A day later the base moves, and what is in the full lists leaves the hot list.
        let daily = try await run.publish(at: Self.start + 86_400)
        #expect(daily.hotCount == 0)
        #expect(try run.hotList().base == Self.start + 86_400)
        #expect(try run.verdict(text, at: Self.start + 86_400) == "revoked")
    }

    @Test("fits at every instant: after each replaced file a gate decides, and the next run mends it")
    func everyInstant() async throws {
        let ((subject, revoked), (_, good)) = (try await run.object(), try await run.object())
        _ = try await run.publish()
        let changes: [(UInt64, () async throws -> Void)] = [
            (Self.start + 10, { try await run.revoke(subject) }),
            (Self.start + 3700, {}),
            (
                Self.start + 3800,
                { _ = try await run.service.ask(.rotateKey, ["role": "status"], at: Self.start + 3800) }
            ),
            (
                Self.start + 3900,
                { _ = try await run.service.ask(.rotateKey, ["role": "issuer"], at: Self.start + 3900) }
            ),
            // Lists of other days come and go.
            (Self.start + 2 * 86_400, {}),
        ]
        for (time, change) in changes {
            let before = try run.files()
            try await change()
            let publication = try await run.publish(at: time)
            let after = try run.files()
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
                #expect(try run.verdict(good, in: copy.path, at: time) == "ok", "\(place)")
                #expect(["ok", "revoked"].contains(try run.verdict(revoked, in: copy.path, at: time)))
                try copy.write([1, 2], to: "status/.unfinished-abcdef")
                _ = try await run.publish(at: time + 1, to: copy.path)
                #expect(try Set(run.files(copy.path).keys) == Set(after.keys))
                #expect(try run.verdict(revoked, in: copy.path, at: time + 1) == "revoked")
                #expect(try run.verdict(good, in: copy.path, at: time + 1) == "ok")
            }
            // The mending runs have taken versions of their own.
            _ = try await run.publish(at: time + 1)
        }
    }

    @Test("gets a new bundle once another bundle was exported, or a third of its term is over")
    func bundle() async throws {
        _ = try await run.publish()
        let lists = try run.files().filter { $0.key.hasSuffix(".cwt") }
        _ = try await run.service.ask(.exportBundle, [:], at: Self.start + 5)
        let next = try await run.publish(at: Self.start + 6)
        #expect(next.written == ["bundle.cbor"])
        #expect(try run.files().filter { $0.key.hasSuffix(".cwt") } == lists)
        #expect(try await run.publish(at: Self.start + 7).written == [])
        #expect(try await run.publish(at: Self.start + 86_405).written.contains("bundle.cbor") == true)
    }

    @Test("is mended where a file is missing, cut, another's, or has another mode")
    func mended() async throws {
        _ = try await run.publish()
        let good = try run.files()
        let list = "status/SH-object-lasting.cwt"
        for path in ["bundle.cbor", list, "status/hot"] {
            for bytes in [nil, Array(try #require(good[path]).dropLast()), [], [0x80]] as [[UInt8]?] {
                unsafe unlink("\(run.tree)/\(path)")
                if let bytes { try run.installation.folder.write(bytes, to: "tree/\(path)") }
                let publication = try await run.publish(at: Self.start + 1)
                #expect(publication.written.contains(path))
                #expect(try run.files().keys.sorted() == good.keys.sorted())
            }
        }
        unsafe chmod("\(run.tree)/root.pem", 0o600)
        await #expect(throws: OperationError.self) { try await run.publish(at: Self.start + 1) }
        unsafe chmod("\(run.tree)/root.pem", 0o644)
        #expect(try await run.publish(at: Self.start + 1).written == [])
    }

    @Test("copies the root documents, again where they were lost, and leaves strangers' files")
    func roots() async throws {
        let roots = try ProjectFiles.bytes(run.installation.folder("state/roots.cbor"))
        _ = try await run.publish()
        #expect(try run.files()["roots.cbor"] == roots)
        try run.installation.folder.write([9], to: "tree/robots.txt")
        unsafe unlink("\(run.tree)/roots.cbor")
        #expect(try await run.publish(at: Self.start + 1).written == ["roots.cbor"])
        #expect(try run.files()["robots.txt"] == [9] && run.files()["roots.cbor"] == roots)
    }

    @Test("is not written over by another installation, an older registry or a clock behind it")
    func newer() async throws {
        let (subject, _) = try await run.object()
        _ = try await run.publish()
        func refusal(_ time: UInt64, of service: IssuingService? = nil) async -> String? {
            do throws(OperationError) {
                _ = try await (service ?? run.service).publish(
                    to: run.tree, by: .init(uid: 0, grants: .everything, nowMilliseconds: time * 1000))
                return nil
            } catch {
                return error.code
            }
        }
        #expect(await refusal(Self.start - 1) == "tree_newer")
        let other = try Installation()
        #expect(await refusal(Self.start + 1, of: try other.open()) == "tree_newer")
        unsafe unlink("\(run.tree)/bundle.cbor")
        #expect(await refusal(Self.start + 1, of: try other.open()) == "root_differs")
        #expect(await refusal(Self.start + 1) == nil)
        // A hot list that has a revocation which the registry lacks.
        let before = try run.files()
        try await run.revoke(subject)
        _ = try await run.publish(at: Self.start + 2)
        let after = try run.files()
        let foreign = try HotListToken(
            subject: "https://x.cn/status/hot", base: 1, issuedAt: Self.start, expiresAt: Self.start + 9,
            revoked: ["SH-object-lasting": [63]]
        ).signed(by: .generate(.ed25519))
        try run.installation.folder.write(foreign, to: "tree/status/hot")
        #expect(await refusal(Self.start + 3) == "tree_newer")
        try run.installation.folder.write(try #require(before["status/hot"]), to: "tree/status/hot")
        #expect(await refusal(Self.start + 3) == nil)
        #expect(after.keys.sorted() == (try run.files().keys.sorted()))
    }
}
