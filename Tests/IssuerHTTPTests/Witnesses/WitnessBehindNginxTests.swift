import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing
import TraceLog

@Suite("A witness behind nginx", .serialized, .enabled(if: NginxServer.isInstalled))
struct WitnessBehindNginxTests {
    @Test("cosigns for a daemon without a network, which reaches it by a socket of this machine")
    func socket() throws {
        let place = try WitnessedDaemon()
        let witness = try WitnessProcess("w.example", of: place.log)
        let changes = [(from: "server 127.0.0.1:8450;", to: "server 127.0.0.1:\(witness.port);")]
        let nginx = try NginxServer("chain-verify-witness.conf", changes: changes, folder: ScratchFolder())
        try place.start([(witness.key, "unix:\(nginx.socket)")], quorum: 1)
        let client = try IssuerClient(path: place.installation.state.socket)
        let object = try client.registerBridge()
        for _ in 0..<3 { _ = try client.ask(.appendEvent, ["object": .string(object), "step": "inspecting"]) }
        _ = try place.checkpoint { note, found in found.size >= 3 && note.isCosigned(by: witness.key) }
        #expect(place.end(SIGTERM) == 0)
        #expect(try place.audit().status == 0)
    }
}
