import Credential
import Encoding
import GateRunning
import Glibc
import TestSupport
import Testing

@Suite("A kiosk")
struct KioskTests {
    private let gate: VerifyGate

    init() throws {
        gate = try VerifyGate()
    }

    private func kiosk(_ scene: String, _ more: [String] = []) throws -> KioskProcess {
        try KioskProcess(gate.options(scene) + more, at: VerifyGate.now)
    }

    private func enterprise() throws -> String {
        try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
    }

    @Test("decides once on a code in view, and again only after it has left, however often the page sends frames")
    func view() throws {
        defer { gate.remove() }
        let kiosk = try kiosk("enterprise-inspection")
        let code = try enterprise()
        #expect(try kiosk.view([]) == [])
        #expect(try kiosk.view([code]) == ["ok"])
        for _ in 0..<3 { #expect(try kiosk.view([code]) == []) }
        #expect(try kiosk.view(["HTTPS://EXAMPLE.CN/OTHER"]) == ["malformed"])
        var inView: Int64?
        for _ in 0...FrameTracker.absentFrameCountDefault {
            inView = try kiosk.post("/view", KioskProcess.frame([]))["inView"]?.integer
        }
        #expect(inView == 0)
        #expect(try kiosk.view([code]) == ["ok"])
    }

    @Test("waits for a searched frame, and stays closed beside an unread code until it has left")
    func unread() throws {
        defer { gate.remove() }
        let kiosk = try kiosk("metro-gate")
        let shown = try gate.shown(gate.person())
        #expect(try kiosk.view([shown], isSearched: false) == [])
        #expect(try kiosk.view([shown], unread: [[[200, 10], [280, 10], [280, 90], [200, 90]]]) == ["unreadable"])
        var codes: [String] = []
        for _ in 0..<6 where codes.isEmpty { codes = try kiosk.view([shown]) }
        #expect(codes == ["ok"])
        #expect(try kiosk.scan(shown) == "replayed")
    }

    @Test("opens once for a phone whose code advances in view, and for nobody beside a stranger")
    func holders() throws {
        defer { gate.remove() }
        let person = try gate.person()
        let kiosk = try kiosk("metro-gate")
        #expect(try kiosk.view([gate.shown(person, time: VerifyGate.now - 10)]) == ["ok"])
        #expect(try kiosk.view([gate.shown(person)]) == [])
        let strangers = [try gate.shownByAnother(), try gate.shownByAnother()]
        #expect(try kiosk.view(strangers, film: "film0002") == ["holder_mismatch", "holder_mismatch"])
    }

    @Test("gives the view to the newer of two pages, and tells the older one")
    func pages() throws {
        defer { gate.remove() }
        let kiosk = try kiosk("enterprise-inspection")
        let code = try enterprise()
        #expect(try kiosk.view([code], film: "older001") == ["ok"])
        #expect(try kiosk.view([code], film: "newer001") == ["ok"])
        let told = try kiosk.post("/view", KioskProcess.frame([code], film: "older001"), status: 409)
        #expect(told["error"]?["code"] == "another_page" && told["verdict"] == "undecided")
        #expect(try kiosk.view([code], film: "newer001") == [])
    }

    @Test("decides on texts and photos as verify does, with the same limits")
    func scans() throws {
        defer { gate.remove() }
        let kiosk = try kiosk("metro-gate")
        let shown = try gate.shown(gate.person())
        #expect(try kiosk.scan(shown) == "ok")
        #expect(try kiosk.scan(shown) == "replayed")
        for text in ["", "nothing", "a\nb", String(repeating: "a", count: 8193)] {
            #expect(try kiosk.scan(text) == "malformed", "\(text.prefix(9))")
        }
        func photo(_ texts: [String], unread: JSONValue = []) throws -> String? {
            let answer = try kiosk.post("/photo", ["codes": KioskProcess.codes(texts), "unread": unread])
            return answer["verdicts"]?.array?.first?["code"]?.string
        }
        #expect(try photo([gate.shownByAnother()]) == "ok")
        #expect(try photo([gate.shownByAnother(), gate.shownByAnother()]) == "holder_mismatch")
        #expect(try photo([]) == "no_code")
        let corners: JSONValue = [[[1, 1], [9, 1], [9, 9], [1, 9]]]
        #expect(try photo([], unread: corners) == "unreadable")
        #expect(try photo([gate.shownByAnother()], unread: corners) == "unreadable")
        let many = try (0..<9).map { _ in try gate.shownByAnother() }
        #expect(try photo(many) == "malformed")
    }

    @Test("prints a verdict as verify does")
    func verdict() throws {
        defer { gate.remove() }
        let code = try gate.object()
        let kiosk = try kiosk("object-inspection")
        let answer = try kiosk.post("/scan", ["text": .string(code)])
        let run = try VerifyRun(
            Program("verify").run(gate.options("object-inspection") + ["--at", "\(VerifyGate.now)", "--text", code]))
        var (own, others) = (answer["verdicts"]?.array?.first?.object, run.lines.first?.object)
        own?["elapsedMicroseconds"] = nil
        others?["elapsedMicroseconds"] = nil
        let digest = own?["digest"]?.string
        own?["digest"] = nil
        #expect(own == others && own != nil && digest?.count == 16)
    }

    @Test("says how it stands, without a word about persons or codes")
    func state() throws {
        defer { gate.remove() }
        let kiosk = try kiosk("metro-gate")
        let shown = try gate.shown(gate.person())
        for _ in 0..<6 {
            _ = try kiosk.scan(shown)
            _ = try kiosk.scan(gate.object())
        }
        let state = try kiosk.state()
        #expect(state["scene"] == "metro-gate" && state["hasKeys"] == true && state["isRecording"] == false)
        #expect(state["trust"]?["bundleVersion"] == 5 && state["trust"]?["stale"] == false)
        #expect(state["closed"] == nil && state["start"]?.string?.count == 16)
        let verdicts = try #require(state["verdicts"]?.array)
        #expect(verdicts.count == 10)
        #expect(verdicts.last == ["at": 1_790_000_015, "verdict": "reject", "code": "wrong_form", "form": "object"])
        for word in ["pseudonym", "holder", "digest", "fused", "cti", "\"id\""] {
            #expect(!state.encoded().contains(word), "\(word)")
        }
        let another = try self.kiosk("metro-gate")
        #expect(try another.state()["start"] != state["start"])
    }

    @Test("says why no code can be accepted, and stays closed")
    func closed() throws {
        defer { gate.remove() }
        let code = try gate.object()
        let kiosk = try KioskProcess(gate.options("metro-gate"), at: VerifyGate.now + 86_400 * 4)
        #expect(try kiosk.state()["closed"] == "bundle_expired")
        #expect(try kiosk.scan(code) == "bundle_expired")
    }

    @Test(
        "is told about a missing bundle, scene or address before it serves",
        arguments: [
            (["--bundle", "/nowhere", "--scene", "bus"], "bundle_unreadable"), (["--scene", "bus"], "usage"),
        ])
    func start(options: [String], code: String) throws {
        defer { gate.remove() }
        let outcome = try Program("suishen-web").run(["gate", "--listen", "127.0.0.1:0"] + options)
        #expect(outcome.status != 0 && outcome.diagnostics.contains("[\(code)]"), "\(outcome)")
        for address in ["0.0.0.0:0", "192.168.0.1:80", "localhost:80", "::1", "127.0.0.1"] {
            let outcome = try Program("suishen-web").run(["gate", "--listen", address] + gate.options("bus"))
            #expect(outcome.status == 1 && outcome.diagnostics.contains("[address_invalid]"), "\(address): \(outcome)")
        }
    }
}
