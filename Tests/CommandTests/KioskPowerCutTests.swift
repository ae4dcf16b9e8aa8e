import Encoding
import Glibc
import TestSupport
import Testing

/// Kills the kiosk at every point at which the power may fail, and starts it again.
@Suite("A kiosk whose power fails")
struct KioskPowerCutTests {
    private let gate: VerifyGate
    private let clock: SetClock

    init() throws {
        (gate, clock) = try (VerifyGate(), SetClock(at: VerifyGate.now))
    }

    private func kiosk(_ more: String...) throws -> KioskProcess {
        try KioskProcess(gate.options("metro-gate") + more, clock: clock)
    }

    /// Sends a scan and does not wait for its answer.
    private func begin(_ text: String, at kiosk: KioskProcess) throws -> WebConnection {
        let connection = try WebConnection(port: kiosk.port)
        let body = (["text": .string(text)] as JSONValue).encoded()
        var head = "POST /scan HTTP/1.1\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n"
        for (name, value) in kiosk.ownFields { head += "\(name): \(value)\r\n" }
        connection.send(Array((head + "\r\n" + body).utf8))
        return connection
    }

    private func code(_ answer: [UInt8]) throws -> String? {
        guard let answer = WireAnswer(answer) else { return nil }
        let json = try JSONValue.parse(answer.body, byteCountMax: 1 << 20)
        return json["verdicts"]?.array?.first?["code"]?.string
    }

    @Test("knows after the restart what it accepted before, in view and scanned, and verify knows it too")
    func afterAccept() throws {
        defer { gate.remove() }
        let (viewed, scanned, unshown) = try (gate.shown(gate.person()), gate.chain(), gate.shownByAnother())
        let first = try kiosk()
        #expect(try first.view([viewed]) == ["ok"])
        #expect(try first.scan(scanned) == "ok")
        #expect(first.program.end(by: SIGKILL) == 128 + SIGKILL)
        let second = try kiosk()
        #expect(try second.view([viewed]) == ["replayed"])
        #expect(try second.scan(scanned) == "replayed")
        // Beside the running kiosk: the two share one memory.
        let words = "--bundle \(gate.folder) --scene metro-gate"
        #expect(try VerifyRun("\(words) --text '\(scanned)'", clock: clock).code == "replayed")
        #expect(try VerifyRun("\(words) --text '\(unshown)'", clock: clock).code == "ok")
        #expect(try second.scan(unshown) == "replayed")
        #expect(second.program.end(by: SIGTERM) == 0)
    }

    @Test("accepts after the restart what it had only begun to check, and that once")
    func betweenAssessAndSettle() throws {
        defer { gate.remove() }
        // A medical and a transit code of one holder: the gate asks the insurer before it remembers either.
        try gate.export(version: 6, linked: [(VerifyGate.medicalIdentifier, VerifyGate.transitIdentifier)])
        let window = #"["\#(MedicalAuthority.code)","\#(try gate.transit.code())"]"#
        func kiosk(_ authority: MedicalAuthority) throws -> KioskProcess {
            try KioskProcess(gate.options("hospital-shuttle", "--link", "unix:\(authority.address)"), clock: clock)
        }
        let (slow, quick) = try (
            MedicalAuthority(["--mode", "slow", "--delay", "600"], onSocket: true), MedicalAuthority([], onSocket: true)
        )
        let first = try kiosk(slow)
        let connection = try begin(window, at: first)
        // The state is answered while the gate waits for the insurer.
        #expect(try first.state()["verdicts"] == [])
        #expect(first.program.end(by: SIGKILL) == 128 + SIGKILL)
        #expect(try code(connection.readToEnd()) == nil)
        let second = try kiosk(quick)
        for code in ["ok", "replayed"] {
            let answer = try second.post("/scan", ["text": .string(window)])
            #expect(answer["verdicts"]?.array?.first?["code"]?.string == code, "\(answer)")
        }
    }

    @Test("never accepts a showing twice, at whichever write the power fails")
    func everyWrite() throws {
        defer { gate.remove() }
        let killSwitch = try KillSwitch()
        // The folder's first start makes files that later starts find.
        #expect(try kiosk().program.end(by: SIGTERM) == 0)
        var outcomes: [String] = []
        for step in 1...60 {
            let shown = try gate.shownByAnother()
            guard let first = try? KioskProcess(gate.options("metro-gate"), under: killSwitch.words(at: step, clock))
            else {
                outcomes.append("start")
                continue
            }
            let answered = try code(begin(shown, at: first).readToEnd())
            let isAlive = answered != nil
            #expect(answered == nil || answered == "ok")
            if isAlive { #expect(first.program.end(by: SIGKILL) == 128 + SIGKILL) }
            let second = try kiosk()
            let answer = try second.post("/scan", ["text": .string(shown)])
            let again = answer["verdicts"]?.array?.first?["code"]?.string
            // A page that was half written is damaged, and stays closed.
            let allowed = isAlive ? ["replayed"] : ["replayed", "ok", "bundle_unreadable"]
            #expect(allowed.contains(again ?? ""), "step \(step): \(answer)")
            #expect(try second.scan(shown) == (again == "ok" ? "replayed" : again), "step \(step)")
            outcomes.append(isAlive ? "answered" : "killed")
            if isAlive { break }
        }
        #expect(outcomes.contains("killed") && outcomes.last == "answered", "\(outcomes)")
    }

    @Test("ends on SIGTERM with status 0, after the answer under way")
    func termination() throws {
        defer { gate.remove() }
        let authority = try MedicalAuthority(["--mode", "slow", "--delay", "1"], onSocket: true)
        let kiosk = try KioskProcess(
            gate.options("hospital", "--link", "unix:\(authority.address)"), clock: clock)
        let connection = try begin(MedicalAuthority.code, at: kiosk)
        _ = try kiosk.state()
        #expect(kiosk.program.end(by: SIGTERM) == 0)
        #expect(try code(connection.readToEnd()) != nil)
    }
}
