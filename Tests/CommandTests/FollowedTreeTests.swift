import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A gate that follows a published tree")
struct FollowedTreeTests {
    private static let start: UInt64 = 1_790_000_000
    private let run: SuishenRun
    private let server: TreeServer
    private let clock: SetClock

    init() throws {
        (run, server, clock) = try (SuishenRun(at: Self.start), TreeServer(), SetClock(at: Self.start + 60))
        unsafe mkdir(run.folder("gate"), 0o755)
    }

    private func publish(at time: UInt64) throws -> JSONValue {
        try run.answer(["publish", "--out", server.tree("gates"), "--at", "\(time)"])
    }

    private func sync(_ options: String...) throws -> Program.Outcome {
        try Program(path: "/usr/bin/env").run(
            Array(clock.words.dropFirst()) + [
                Program("verify").path, "sync", "--bundle", run.folder("gate"), "--state", run.folder("state"),
                "--from", server.address + "/gates",
            ] + options)
    }

    private func code(of text: String) throws -> String? {
        try VerifyRun(
            "--bundle \(run.folder("gate")) --state \(run.folder("state")) --scene object-inspection --text \(text)",
            clock: clock
        ).code
    }

    @Test("hears of a revocation by the hot list alone, and keeps it when the hot list is kept back")
    func revocation() throws {
        let (object, other) = (try run.object(), try run.object())
        let texts = try [object, other].map {
            try #require(run.answer(["issue", $0, "--at", "\(Self.start)"])["text"]?.string)
        }
        let digest = try #require(publish(at: Self.start)["rootDigest"]?.string)
        let first = try sync("--root", digest)
        #expect(first.status == 0, "\(first)")
        #expect(try texts.map(code) == ["ok", "ok"])
        try run.answer(["revoke", object, "--at", "\(Self.start + 5)"])
        _ = try publish(at: Self.start + 10)
        _ = try server.answers()
        let second = try sync()
        #expect(second.status == 0, "\(second)")
        #expect(try server.answers().filter { $0.hasPrefix("200") } == ["200 /gates/status/hot"])
        #expect(try texts.map(code) == ["revoked", "ok"])
        unsafe unlink(server.tree("gates/status/hot"))
        #expect(try sync().status == 0)
        #expect(try texts.map(code) == ["revoked", "ok"])
    }

    @Test("keeps its generation when the hot list is altered, at any of many bytes")
    func altered() throws {
        let digest = try #require(publish(at: Self.start)["rootDigest"]?.string)
        #expect(try sync("--root", digest).status == 0)
        let path = server.tree("gates/status/hot")
        let whole = try ProjectFiles.bytes(path)
        for place in stride(from: 0, to: whole.count, by: 7) {
            var bytes = whole
            bytes[place] ^= 1
            try server.tree.write(bytes, to: "gates/status/hot")
            let outcome = try sync()
            #expect(outcome.status == 1, "byte \(place): \(outcome)")
        }
        try server.tree.write(whole, to: "gates/status/hot")
        #expect(try sync().status == 0)
    }
}
