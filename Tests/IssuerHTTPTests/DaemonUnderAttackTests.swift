import TestSupport
import Testing

/// Short forms of the tools, which run as long as one likes.
@Suite("A daemon under attack", .serialized)
struct DaemonUnderAttackTests {
    private static func run(_ tool: String, _ words: [String]) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run(
            ["python3", "\(ProjectFiles.root)/tools/\(tool)", "--binaries", HTTPDaemon.binaries] + words)
    }

    @Test("keeps everything it acknowledged through a kill at any moment")
    func kills() throws {
        let outcome = try Self.run("crash-daemon", ["6"])
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("6 kills:") && outcome.output.contains("all there"))
    }

    @Test("answers others while clients are slow, half closed, oversized, garbled, deaf, or thousands")
    func hostile() throws {
        let outcome = try Self.run("hostile", ["--seconds", "0.4", "--connections", "3000"])
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("afterwards"))
    }
}
