import IssuerTestSupport
import IssuerInterface
import Encoding
import Glibc
import Issuing
import TestSupport
import Testing

@Suite("A state that was copied back", .serialized)
struct CopiedStateTests {
    private static let requestCount = 1000
    private static let copyCount = 20

    @Test("from any moment of a run is refused once later changes were beaten, with the way to recover")
    func olderCopies() throws {
        let state = try CopiedState()
        let daemon = try HTTPDaemon(state.installation)
        let client = try IssuerClient(path: daemon.socket)
        let issuance = try Issuance(client)
        var copies: [String] = []
        for number in 0..<Self.requestCount {
            if number % (Self.requestCount / Self.copyCount) == 0 {
                copies.append("copy\(copies.count)")
                try state.copy(as: copies[copies.count - 1])
            }
            try issuance.next(client)
        }
        #expect(issuance.twice.isEmpty && copies.count == Self.copyCount)
        // What was committed is beaten within a second or so, without any further request.
        let commitCount = try state.commitCount()
        for _ in 0..<6000 where try state.beat()["commits"]?.integer != commitCount { usleep(10_000) }
        #expect(try state.beat()["commits"]?.integer == commitCount)
        #expect(daemon.end(SIGTERM) == 0)
        #expect(try state.beat()["commits"]?.integer == state.commitCount())
        try state.copy(as: "last")
        let beat = try ProjectFiles.bytes(state.beatPath)
        for copy in copies {
            try state.putBack(copy)
            #expect(try state.isRefused("registry_behind"), "\(copy)")
        }
        #expect(try ProjectFiles.bytes(state.beatPath) == beat)
        try state.putBack("last")
        try daemon.start()
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test("from within the last second, which no beat tells of, gives no index twice")
    func youngCopy() throws {
        let state = try CopiedState()
        let daemon = try HTTPDaemon(state.installation)
        var client = try IssuerClient(path: daemon.socket)
        let issuance = try Issuance(client)
        for round in 0..<3 {
            for _ in 0..<3 { try issuance.issue(client, ofPerson: false) }
            // The beat first, so that it is never ahead of the copy.
            let beat = try ProjectFiles.bytes(state.beatPath)
            try state.copy(as: "young\(round)")
            for number in 0..<40 { try issuance.issue(client, ofPerson: number < 0) }
            _ = daemon.end(SIGKILL)
            // As if the machine had lost its power before the next beat.
            try state.putBack("young\(round)")
            try state.installation.folder.write(beat, to: "state.beat", mode: 0o600)
            try daemon.start()
            client = try IssuerClient(path: daemon.socket)
            for _ in 0..<40 { try issuance.issue(client, ofPerson: false) }
        }
        #expect(issuance.twice.isEmpty && issuance.indices.count == 3 * 83, "\(issuance.twice.count) given twice")
    }

    @Test("is refused after a revocation or a new block was answered, however soon")
    func answeredChanges() throws {
        let state = try CopiedState()
        let daemon = try HTTPDaemon(state.installation)
        let client = try IssuerClient(path: daemon.socket)
        let object = try client.registerBridge()
        let changes: [(name: String, change: () throws -> Void)] = [
            ("a new block", { _ = try client.ask(.issue, ["subject": .string(object)]) }),
            ("a revocation", { _ = try client.ask(.revoke, ["target": .string(object)]) }),
            ("a key", { _ = try client.ask(.rotateKey, ["role": "issuer"]) }),
            ("a list", { _ = try client.fetch(.statusList, ["list": "SH-object-lasting"]) }),
            ("a bundle", { _ = try client.ask(.exportBundle, [:]) }),
        ]
        for (name, change) in changes {
            // Meanwhile the daemon may commit on its own.
            let before = try state.commitCount()
            try change()
            let commits = try #require(try state.beat()["commits"]?.integer)
            #expect(commits >= (name == "a list" ? before : before + 1), "\(name)")
        }
        let beat = try state.beat()
        #expect(beat["bundleVersion"]?.integer ?? 0 > 0)
        #expect(beat["statusLists"]?["SH-object-lasting"]?.integer ?? 0 > 0)
    }
}
