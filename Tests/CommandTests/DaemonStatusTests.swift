import Glibc
import TestSupport
import Testing

@Suite("The exit status of suishend")
struct DaemonStatusTests {
    private func ended(_ words: [String], _ status: Int32, _ code: String) throws -> Bool {
        let outcome = try Program("suishend").run(words)
        let holds =
            outcome.status == status && outcome.output.isEmpty && outcome.diagnostics.contains("[\(code)]")
            && outcome.diagnostics.contains("suishend: hint: ")
        if !holds { print(words, outcome) }
        return holds
    }

    @Test("is 64 for a wrong command line")
    func usage() throws {
        #expect(try ended(["--nonsense"], 64, "usage"))
        #expect(try ended(["--state", ""], 64, "state_missing"))
    }

    @Test("is 1 for settings or a folder that the operator must set right")
    func refused() throws {
        let run = try SuishenRun()
        #expect(try ended(["--state", run.folder("none")], 1, "state_missing"))
        try run.folder.write(Array("nonsense: 1\n".utf8), to: "state/suishend.yaml", mode: 0o600)
        #expect(try ended(["--state", run.folder("state")], 1, "settings_invalid"))
        #expect(try ended(["--state", run.folder("state"), "--check-config"], 1, "settings_invalid"))
    }

    @Test("is 70 for an installation that is damaged")
    func malfunction() throws {
        let run = try SuishenRun()
        #expect(unsafe unlink(run.folder("state/registry.sqlite")) == 0)
        #expect(try ended(["--state", run.folder("state")], 70, "registry_missing"))
    }

    @Test("is 75 while another process uses the installation, and 0 after it was asked to stop")
    func busy() throws {
        let run = try SuishenRun()
        let daemon = try PipedProgram("suishend", ["--state", run.folder("state")])
        try RunningProgram.waitForSocket(run.folder("state/run/suishend.sock"))
        #expect(try ended(["--state", run.folder("state")], 75, "state_busy"))
        #expect(daemon.end(by: SIGTERM) == 0)
    }
}
