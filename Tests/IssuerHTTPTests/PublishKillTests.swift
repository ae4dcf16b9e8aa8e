import Encoding
import Gate
import Glibc
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("A publication that is killed", .serialized)
struct PublishKillTests {
    private static let start: UInt64 = 1_800_000_000
    /// More calls than a publication makes.
    private static let callCountMax = 400

    private let installation: Installation
    private let tree: String

    init() throws {
        installation = try Installation()
        tree = installation.folder("tree")
    }

    private func publish(at time: UInt64, prefix: [String] = []) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run(
            prefix + [
                "\(HTTPDaemon.binaries)/suishen", "publish", "--state", installation.state.path, "--out", tree, "--at",
                "\(time)", "--json",
            ])
    }

    /// Whether a gate takes the tree as it lies there: its bundle, every list and the hot list.
    private func isWhole(at time: UInt64) throws -> Bool {
        let state = try ScratchFolder()
        let directory = try GateDirectory(path: tree, state: state("gate"))
        let scene = try #require(directory.bundle.scene(named: "object-inspection"))
        let gate = Verifier(directory: directory, scene: scene, replay: nil)
        let running = try RunningGate(gate, directory, replayPath: nil, at: time)
        // A generation with an unusable list would be loaded again, and refused.
        return (0..<8).allSatisfy { _ in running.look(at: time) == .nothingNew } && !running.current.isUpdateRefused
    }

    @Test("leaves a tree that fits, whichever call was its last, and the next run mends it")
    func everyCall() throws {
        let library = try KillingCalls(in: installation.folder)
        var time = Self.start
        try #require(try publish(at: time).status == 0)
        try library.arm()
        var call = 0
        while true {
            call += 1
            try #require(call < Self.callCountMax)
            // Every list is made anew each time, and each third time the bundle too.
            time += call.isMultiple(of: 3) ? 90_000 : 3_700
            let outcome = try publish(at: time, prefix: library.prefix(at: call))
            if outcome.status == 0, outcome.output.contains("written") { break }
            #expect(try isWhole(at: time), "\(call): \(outcome.output)")
            let mended = try publish(at: time + 1)
            #expect(mended.status == 0, "\(mended.output)")
            #expect(try isWhole(at: time + 1))
            let names = try HTTPDaemon.run(["ls", "-A", tree, "\(tree)/status"]).output
            #expect(!names.contains(".unfinished"))
        }
        // Four calls for each of more than a dozen files.
        #expect(call > 40, "\(call)")
        print("killed before \(call - 1) calls")
    }
}
