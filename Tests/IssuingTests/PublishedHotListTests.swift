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

@Suite("A published hot list")
struct PublishedHotListTests {
    private static let start = PublishingInstallation.start
    private let run: PublishingInstallation

    init() throws {
        run = try PublishingInstallation()
    }

    @Test("has everything for a gate whose full lists are hours old, across lists that were made anew in between")
    func oldLists() async throws {
        var codes: [(subject: String, text: String)] = []
        for _ in 0..<4 { codes.append(try await run.object()) }
        _ = try await run.publish()
        let old = try ScratchFolder()
        unsafe mkdir(old("status"), 0o755)
        for (path, bytes) in try run.files() { try old.write(bytes, to: path) }
        for (hour, code) in codes.dropLast().enumerated() {
            // Revoked right before the lists are made anew, and published with them alone.
            let time = Self.start + UInt64(hour + 1) * 3700
            try await run.revoke(code.subject, at: time)
            #expect(try await run.publish(at: time).hotCount == hour + 1)
            try old.write(ProjectFiles.bytes("\(run.tree)/status/hot"), to: "status/hot")
            for (index, code) in codes.enumerated() {
                #expect(try run.verdict(code.text, in: old.path, at: time) == (index <= hour ? "revoked" : "ok"))
            }
        }
        // Without the published hot list a new one begins, with the full lists' base.
        unsafe unlink("\(run.tree)/status/hot")
        let time = Self.start + 3 * 3700
        #expect(try await run.publish(at: time).hotCount == 0)
        #expect(try run.hotList().base == time)
    }

    @Test("keeps a revocation for gates with old full lists, wherever a run was killed that made new ones")
    func killedBetween() async throws {
        let codes = try await [run.object(), run.object()]
        for time in [Self.start + 3700, Self.start + 100_000] {
            unsafe unlink("\(run.tree)/status/hot")
            _ = try await run.publish(at: time - 3700)
            let before = try run.files()
            try await run.revoke(codes[time == Self.start + 3700 ? 0 : 1].subject, at: time)
            let publication = try await run.publish(at: time)
            let after = try run.files()
            for count in 0...publication.written.count {
                let copy = try ScratchFolder()
                unsafe mkdir(copy("status"), 0o755)
                for (path, bytes) in before { try copy.write(bytes, to: path) }
                for path in publication.written.prefix(count) { try copy.write(#require(after[path]), to: path) }
                _ = try await run.publish(at: time + 1, to: copy.path)
                // A gate with the lists of before and the hot list of now either refuses, or knows that it lacks news.
                let hot = try HotListToken(ProjectFiles.bytes(copy("status/hot"))[...]) { _ in true }
                let bits = hot.revoked.first { $0.list == "SH-object-lasting" }?.bits ?? []
                #expect(hot.base > time - 3700 || !bits.isEmpty, "\(count) of \(publication.written)")
            }
            _ = try await run.publish(at: time + 1)
        }
    }

    @Test("moves its base when more was revoked than a hot list holds")
    func overflow() async throws {
        var subjects: [String] = []
        for _ in 0..<3 { subjects.append(try await run.object().subject) }
        _ = try await run.publish()
        let name = "SH-object-lasting"
        #expect(try run.list(name).list.count > 100_000)
        // Revocations of codes that this registry never issued, as a recovery records them.
        let bits = (0..<14_000).map { UInt64($0) + 70_000 }
        _ = try await run.service.database.write { [registry = run.service.registry] database in
            try registry.restoreRevocations(bits, of: name, reason: "test", at: Self.start + 1, in: database)
        }
        let publication = try await run.publish(at: Self.start + 10)
        #expect(publication.hotCount == 0)
        #expect(try run.hotList().base == Self.start + 10)
        let list = try run.list(name).list
        #expect(bits.allSatisfy { list[Int($0)] })
        try await run.revoke(subjects[0], at: Self.start + 11)
        #expect(try await run.publish(at: Self.start + 12).written == ["status/hot"])
        #expect(try run.hotList().revoked.map(\.bits.count) == [1])
    }
}
