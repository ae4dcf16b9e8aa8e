import IssuerTestSupport
import IssuerInterface
import Encoding
import Glibc
import Issuing
import TestSupport
import Testing

@Suite("A daemon that is killed between a commit, its beat and the answer", .serialized)
struct BeatKillTests {
    /// More calls than the requests make, publishing among them.
    private static let callCountMax = 300

    /// What the daemons of all rounds answered.
    private struct Answered {
        var indices: [CopiedState.Index] = []
        var revoked: Set<String> = []
        var versions: [Int64] = []
    }

    @Test("starts again, whichever call was its last, and stands by what it answered")
    func everyCall() throws {
        let state = try CopiedState()
        let library = try KillingCalls(in: state.installation.folder)
        var answered = Answered()
        var call = 0
        var isDone = false
        while !isDone {
            call += 1
            try #require(call < Self.callCountMax)
            let daemon = try HTTPDaemon(state.installation, prefix: library.prefix(at: call))
            let client = try IssuerClient(path: daemon.socket)
            let object = try client.registerBridge()
            try library.arm()
            do throws(OperationError) {
                try Self.ask(client, object, state, &answered)
                isDone = true
            } catch {
                #expect(error.code == "daemon_unreachable", "\(call): \(error)")
            }
            library.disarm()
            _ = daemon.end(SIGKILL)
            let beat = try #require(try state.beat()["commits"]?.integer)
            #expect(try state.commitCount() >= beat, "\(call)")
        }
        let daemon = try HTTPDaemon(state.installation)
        let client = try IssuerClient(path: daemon.socket)
        #expect(Set(answered.indices).count == answered.indices.count && !answered.indices.isEmpty)
        for object in answered.revoked {
            let codes = try client.ask(.codeHistory, ["subject": .string(object)])["codes"]?.array ?? []
            #expect(!codes.isEmpty && codes.allSatisfy { $0["revokedAt"]?.integer != nil })
        }
        #expect(try state.beat()["bundleVersion"]?.integer ?? 0 >= answered.versions.max() ?? 0)
        // Commit, four calls of the beat and the answer, for three requests at least.
        #expect(call > 18, "\(call)")
        print("killed before \(call - 1) calls; \(answered.indices.count) indices answered")
    }

    private static func ask(
        _ client: IssuerClient, _ object: String, _ state: CopiedState, _ answered: inout Answered
    ) throws(OperationError) {
        let code = try client.ask(.issue, ["subject": .string(object)])
        if let index = try? CopiedState.index(of: code) { answered.indices.append(index) }
        _ = try client.ask(.revoke, ["target": .string(object)])
        answered.revoked.insert(object)
        _ = try client.ask(.exportBundle, [:])
        if let version = try? state.beat()["bundleVersion"]?.integer { answered.versions.append(version) }
        _ = try client.fetch(.statusList, ["list": "SH-object-lasting"])
    }
}
