import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing
import TraceLog

@Suite("A witness that knows more than the daemon", .serialized)
struct WitnessRollbackTests {
    private let place: WitnessedDaemon
    private let witness: WitnessProcess

    init() throws {
        place = try WitnessedDaemon()
        witness = try WitnessProcess("w.example", of: place.log)
    }

    private func append(_ count: Int) throws {
        let client = try IssuerClient(path: place.installation.state.socket)
        let object = try client.registerBridge()
        for _ in 0..<count { _ = try client.ask(.appendEvent, ["object": .string(object), "step": "inspecting"]) }
    }

    /// Copies the folder and the beat, as a snapshot of the whole machine does.
    private func snapshot(_ name: String) throws {
        let state = place.installation.state.path
        for path in [state, state + ".beat"] {
            let copy = place.installation.folder("\(name)\(path == state ? "" : ".beat")")
            let outcome = try HTTPDaemon.run(["cp", "-a", path, copy])
            try #require(outcome.status == 0, "\(outcome.output)")
        }
    }

    private func restore(_ name: String) throws {
        let state = place.installation.state.path
        let copy = place.installation.folder(name)
        let outcome = try HTTPDaemon.run([
            "sh", "-c", "rm -rf \"$0\" \"$0.beat\" && cp -a \"$1\" \"$0\" && cp -a \"$1.beat\" \"$0.beat\"", state,
            copy,
        ])
        try #require(outcome.status == 0, "\(outcome.output)")
    }

    private func refusal() throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run([
            "timeout", "-s", "KILL", "60", "\(HTTPDaemon.binaries)/suishend", "--state", place.installation.state.path,
        ])
    }

    private func waitForWitness(_ size: UInt64) throws {
        for _ in 0..<6000 where (try witness.newest(of: place.log)?.size ?? 0) < size { usleep(10_000) }
        #expect(try witness.newest(of: place.log)?.size ?? 0 >= size)
    }

    @Test("keeps a snapshot of the whole machine, which takes the beat along, from being served")
    func snapshotOfMachine() throws {
        try place.start([(witness.key, witness.url)], quorum: 1)
        try append(3)
        #expect(place.end(SIGTERM) == 0)
        try snapshot("old")
        try place.start([(witness.key, witness.url)], quorum: 1)
        try append(3)
        #expect(place.end(SIGTERM) == 0)
        try snapshot("new")
        try restore("old")
        let refused = try refusal()
        #expect(refused.status == 70 && refused.output.contains("[log_behind_witness]"), "\(refused.output)")
        #expect(refused.output.contains("suishen recover"))
        // A witness that does not answer keeps nobody from serving; its word is heard once it is back.
        witness.end(SIGTERM)
        try place.start([(witness.key, witness.url)], quorum: 1)
        try witness.start()
        for _ in 0..<6000 where try place.daemon?.diagnostics.contains("[log_behind_witness]") != true {
            usleep(10_000)
        }
        let client = try IssuerClient(path: place.installation.state.socket)
        #expect(try client.ask(.health, [:])["log"] == "log_behind_witness")
        _ = place.end(SIGTERM)
        try restore("new")
        try place.start([(witness.key, witness.url)], quorum: 1)
        #expect(place.end(SIGTERM) == 0)
    }

    @Test("stops the second of two daemons that go on from one state with one key")
    func twoDaemons() throws {
        try place.start([(witness.key, witness.url)], quorum: 1)
        try append(2)
        #expect(place.end(SIGTERM) == 0)
        try snapshot("twin")
        try place.start([(witness.key, witness.url)], quorum: 1)
        try append(6)
        #expect(place.end(SIGTERM) == 0)
        let size = try Checkpoint(text: place.published().text).size
        try waitForWitness(size)
        try restore("twin")
        // The twin grows beyond the first while no witness sees it.
        witness.end(SIGTERM)
        try place.start([(witness.key, witness.url)], quorum: 1)
        try append(20)
        _ = try place.checkpoint { _, found in found.size > size }
        #expect(place.end(SIGTERM) == 0)
        try witness.start()
        let refused = try refusal()
        #expect(refused.status == 70 && refused.output.contains("[log_forked_witness]"), "\(refused.output)")
        #expect(try witness.newest(of: place.log)?.size == size)
        let audit = try place.audit()
        #expect(audit.status == 2 && audit.output.contains("has not cosigned"), "\(audit.output)")
    }

    @Test("is not believed about a size that no checkpoint of the log's own key shows")
    func bareClaim() throws {
        let liar = try LyingWitness(before: witness, .ahead)
        try place.start([(witness.key, liar.url)], quorum: 1)
        try append(3)
        try place.waitForError("witness_ahead", of: "w.example")
        _ = try place.checkpoint { _, found in found.size >= 3 }
        #expect(try place.daemon?.diagnostics.contains("[witness_ahead]") ?? false)
        #expect(place.end(SIGTERM) == 0)
    }
}
