import Credential
import Encoding
import Gate
import Signing
import TestSupport
import Testing

@Suite("Another text beside a valid code")
struct AnotherTextTests {
    private func run(
        _ texts: [String], _ gate: VerifyGate, scene: String = "library", at now: UInt64 = VerifyGate.now
    ) throws -> (code: String?, warnings: [String]) {
        let window = JSONValue.array(texts.map(JSONValue.string)).encoded()
        let run = try VerifyRun(
            "--bundle \(gate.folder) --root \(gate.rootDigest) --scene \(scene) --at \(now) --text '\(window)'")
        return (run.code, run.lines.first?["warnings"]?.array?.compactMap(\.string) ?? [])
    }

    @Test("leaves the gate open when it is nobody's, forged, foreign or of a struck key, with a warning")
    func stickers() throws {
        let (gate, stranger) = (try VerifyGate(), try VerifyGate())
        defer {
            gate.remove()
            stranger.remove()
        }
        let good = try gate.shown(gate.person())
        let genuine = try CredentialText(parsing: gate.shown(gate.person()))
        var forged = genuine.bytes
        forged[forged.count - 1] ^= 1
        let stickers: [(text: String, alone: String)] = try [
            ("https://www.example.cn/menu", "malformed"), ("HTTPS://QR.EXAMPLE.CN/X/ABCD", "malformed"),
            ("https://qr.example.cn/O/index.html?a=1", "malformed"), ("SPRING SALE", "malformed"),
            ("SP1:", "malformed"), ("SP1:NOT BASE45 \\", "malformed"), ("SP2:ABC", "unsupported_version"),
            ("sp1:abc", "malformed"), ("WIFI:T:WPA;S:STATION;P:GUEST;;", "malformed"),
            (CredentialText(bytes: forged, form: .person, host: nil).text, "bad_signature"),
            (stranger.shown(stranger.person()), "unknown_issuer"),
            (gate.shown(gate.person(by: gate.compromised)), "key_expired"),
            (gate.shown(gate.person(by: gate.narrow)), "key_not_for_this_use"),
            // A place's code hangs at every entrance, and is no holder.
            (gate.object(.place), "wrong_form"), ("4241234567890123456789310000", "wrong_scene"),
            (gate.transit.code(), "wrong_scene"),
        ]
        for (text, alone) in stickers {
            #expect(try run([text], gate).code == alone, "\(text)")
            let fresh = try gate.shown(gate.person())
            let beside = try run([text, fresh], gate)
            #expect(beside.code == "ok" && beside.warnings == [Verifier.backgroundWarning], "\(text): \(beside)")
        }
        let all = try run(stickers.prefix(6).map(\.text) + [good], gate)
        #expect(all.code == "ok" && all.warnings == [Verifier.backgroundWarning])
        #expect(try run([gate.shown(gate.person())], gate).warnings == [])
    }

    @Test("keeps the gate closed when an issuer signed it for another holder, whatever is wrong with it")
    func otherHolders() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let others: [(text: String, code: String)] = try [
            (gate.shown(gate.person(identifiers: [:])), "holder_mismatch"),
            (gate.shown(gate.person(index: VerifyGate.revokedIndex)), "revoked"),
            (gate.shown(gate.person(lifetime: 5), time: VerifyGate.start + 2), "expired"),
            (gate.person(), "presentation_missing"),
            (gate.shown(gate.person(), time: VerifyGate.now + 60), "from_future"),
            (gate.shown(gate.person(by: gate.expired)), "key_expired"),
        ]
        for (text, code) in others {
            #expect(try run([text, gate.shown(gate.person(identifiers: [:]))], gate).code == code)
            #expect(try run([gate.shown(gate.person(identifiers: [:])), text], gate).code == code)
        }
        let paper = try gate.person(kind: .paper)
        #expect(try run([paper, gate.shown(gate.person())], gate, scene: "metro-gate").code == "wrong_scene")
    }

    @Test("leaves the gate open when it is an earlier showing of the same code")
    func earlierShowing() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let code = try gate.person()
        let later = VerifyGate.now + 90
        let beside = try run([gate.shown(code), gate.shown(code, time: later)], gate, at: later)
        #expect(beside.code == "ok" && beside.warnings == [Verifier.backgroundWarning])
    }

    @Test("keeps the gate closed when it is a transit code that the scene would fuse, and refused")
    func fusedDomains() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let forged = try gate.transit.code(authority: gate.transit.phone)
        #expect(try run([forged, gate.shown(gate.person())], gate, scene: "metro-gate").code == "bad_signature")
    }

    @Test("does not close a film's gate when it was there first, nor when it comes beside an accepted code")
    func film() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let (sticker, code) = ("SP1:STICKER", try gate.shown(gate.person()))
        func codes(_ film: Film) throws -> [String?] {
            let words = ["--bundle", gate.folder, "--scene", "metro-gate", "--at", "\(VerifyGate.now)"]
            let outcome = try Program("verify").run(words + ["--frames", Film.size], input: film.bytes)
            return try outcome.output.split(separator: "\n").map {
                try JSONValue.parse(Array($0.utf8), byteCountMax: 1 << 20)["code"]?.string
            }
        }
        var film = Film()
        try film.show([sticker])
        try film.show([sticker, code])
        #expect(try codes(film) == ["malformed", "ok"])
        film = Film()
        let next = try gate.shown(gate.person())
        try film.show([next])
        try film.show([next, sticker])
        #expect(try codes(film) == ["ok"])
    }
}
