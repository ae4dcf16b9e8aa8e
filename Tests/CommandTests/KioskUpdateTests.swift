import Encoding
import Gate
import Glibc
import TestSupport
import Testing

@Suite("A running kiosk")
struct KioskUpdateTests {
    @Test("takes up a new bundle and its revocations, and warns of one that is refused")
    func generations() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let clock = try SetClock(at: VerifyGate.now)
        let kiosk = try KioskProcess(gate.options("object-inspection"), clock: clock)
        let code = try gate.object()
        #expect(try kiosk.scan(code) == "ok")
        func state(_ isMet: (JSONValue) -> Bool) throws -> JSONValue {
            var state = try kiosk.state()
            for _ in 0..<1200 where !isMet(state) {
                usleep(50_000)
                state = try kiosk.state()
            }
            return state
        }
        for file in try gate.files(version: 6, revoked: [3]) {
            try gate.write(file.bytes, to: file.path, mode: mode_t(file.mode))
        }
        func warnings(_ state: JSONValue) -> [String?] { state["warnings"]?.array?.map(\.string) ?? [] }
        let sixth = try state { $0["trust"]?["bundleVersion"] == 6 }
        #expect(sixth["trust"]?["bundleVersion"] == 6 && !warnings(sixth).contains("update_refused"))
        #expect(try kiosk.scan(code) == "revoked")
        try gate.corrupt("bundle.cbor")
        #expect(try warnings(state { warnings($0).contains("update_refused") }).contains("update_refused"))
        let answer = try kiosk.post("/scan", ["text": .string(code)])["verdicts"]?.array?.first
        #expect(answer?["code"] == "revoked" && answer?["warnings"]?.array?.contains("update_refused") == true)
        #expect(try kiosk.program.diagnostics().contains("suishen-web: error: "))
    }

    @Test("records an event for an accepted object code, in the spool or in the log")
    func events() throws {
        let gate = try RecordingGate()
        let options = ["--bundle", gate.installation.folder("bundle"), "--scene", "object-inspection", "--record"]
        let spooling = try KioskProcess(options)
        #expect(try spooling.state()["isRecording"] == true)
        let answer = try spooling.post("/scan", ["text": .string(gate.text)])["verdicts"]?.array?.first
        #expect(answer?["code"] == "ok" && answer?["record"] == "spooled")
        #expect(spooling.program.end(by: SIGKILL) == 128 + SIGKILL)
        let daemon = try gate.daemon()
        #expect(try gate.flush().lines == [["sent": 1, "refused": 0, "waiting": 0]])
        let logging = try KioskProcess(options + ["--socket", gate.socket])
        let logged = try logging.post("/view", KioskProcess.frame([gate.text]))["verdicts"]?.array?.first
        #expect(logged?["code"] == "ok" && logged?["record"] == "logged")
        #expect(try gate.eventCount() == 2)
        withExtendedLifetime(daemon) {}
    }

    @Test("keeps one receipt of an accepted code, however long it stays in view, before the page hears of it")
    func receipts() throws {
        let start = SettledCity.start
        let city = try SettledCity(suite: "es256")
        try city.enrol("a")
        // The words of a scan, without the subcommand's own options.
        let kiosk = try KioskProcess(city.scanWords("a", at: start + 1))
        let shown = try city.shown(start)
        #expect(try kiosk.view([shown]) == ["ok"])
        for _ in 0..<3 { #expect(try kiosk.view([shown]) == []) }
        #expect(kiosk.program.end(by: SIGKILL) == 128 + SIGKILL)
        let counts = try VerifyRun(city.receiptsRun("a", ["show"], at: start + 86_400)).lines.map { $0["count"] }
        #expect(counts == [1])
    }
}
