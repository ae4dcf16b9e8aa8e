import Credential
import Encoding
import Gate
import Signing
import TestSupport
import Testing

@Suite("A changed code, or noise")
struct ChangedCodesTests {
    private static let scenes = Scene.shipped.map(\.name)
    private static let challenge = [UInt8](1...8)

    /// One code of every kind, with a scene that accepts it.
    private static func codes(_ gate: VerifyGate) throws -> [(text: String, scene: String)] {
        let both: [SealDomain: [UInt8]] = [
            .medical: VerifyGate.medicalIdentifier, .transit: VerifyGate.transitIdentifier,
        ]
        let ward = Delegation(guardian: Array(1...8), statusIndex: 2, scope: 15)
        return try [
            (gate.shown(gate.person(identifiers: both)), "hospital-shuttle"),
            (gate.shown(gate.person(), challenge: challenge), "service-window"),
            (gate.chain(identifiers: both), "metro-gate"),
            (gate.chain(identifiers: both, actor: ward), "bus"),
            (gate.person(kind: .timed, identifiers: both, lifetime: 120), "metro-gate"),
            (gate.person(kind: .paper, identifiers: [:]), "library"),
            (gate.object(), "object-inspection"), (gate.object(.place), "place-checkin"),
            (
                CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text,
                "enterprise-inspection"
            ),
        ]
    }

    /// The verdict codes of one stream.
    private static func verdicts(_ lines: [[UInt8]], _ gate: VerifyGate, scene: String) throws -> [String] {
        let folder = try ScratchFolder()
        let input = try folder.write(Array(lines.joined(separator: [UInt8(ascii: "\n")])), to: "lines")
        // The service window requires a challenge; at other scenes it would refuse every code but signed ones.
        let asked = scene == "service-window" ? "--challenge \(Hex.encode(challenge))" : ""
        let run = try VerifyRun(
            "--bundle \(gate.folder) --scene \(scene) --at \(VerifyGate.now) --stream \(asked) < \(input)")
        return run.lines.map { $0["code"]?.string ?? "" }
    }

    @Test("is refused in every scene with any byte flipped or its end cut, and accepted unchanged in its own scene")
    func changed() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let codes = try Self.codes(gate)
        var changed: [[UInt8]] = []
        for (text, _) in codes {
            let code = try CredentialText(parsing: text)
            let flipped = code.bytes.indices.map { index in
                var bytes = code.bytes
                bytes[index] ^= 1 << UInt8(index % 8)
                return bytes
            }
            let cut = stride(from: 1, to: code.bytes.count, by: 7).map { Array(code.bytes[..<$0]) }
            for bytes in flipped + cut {
                changed.append(Array(try CredentialText(bytes: bytes, form: code.form, host: code.host).text.utf8))
            }
        }
        for scene in Self.scenes {
            let taken = codes.filter { $0.scene == scene }.map { Array($0.text.utf8) }
            let verdicts = try Self.verdicts(changed + taken, gate, scene: scene)
            #expect(verdicts.count == changed.count + taken.count, "\(scene)")
            #expect(!verdicts.prefix(changed.count).contains("ok"), "\(scene)")
            #expect(verdicts.suffix(taken.count).allSatisfy { $0 == "ok" }, "\(scene)")
            #expect(verdicts.allSatisfy { VerdictCode(rawValue: $0) != nil }, "\(scene)")
        }
    }

    @Test("is refused in every scene at time 0 and at the last second, and nothing overflows")
    func ends() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let codes = try Self.codes(gate).map(\.text) + [gate.transit.code(), MedicalAuthority.code]
        for scene in Self.scenes {
            for time in [0, UInt64.max] {
                let input = codes.map { $0 + "\n" }.joined()
                let run = try VerifyRun(
                    "--bundle \(gate.folder) --scene \(scene) --at \(time) --stream", input: input)
                #expect(run.lines.count == codes.count, "\(scene) \(time)")
                let persons = run.lines.filter { $0["form"]?.string == "person" }
                #expect(persons.allSatisfy { $0["verdict"]?.string != "accept" }, "\(scene) \(time)")
            }
        }
    }

    @Test("is refused in every scene when it is noise after the beginning of each kind of code")
    func noise() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var random = SeededGenerator(seed: 4)
        let base45 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
        let base32 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        let kinds: [(begin: String, alphabet: [UInt8])] = [
            ("", Array(0...255)), ("SP1:", base45), ("sp1:", base45), ("HTTPS://QR.EXAMPLE.CN/O/", base32),
            ("https://qr.example.cn/e/", base32), ("hex:81", Array("0123456789abcdef".utf8)), ("42", Array(48...57)),
            ("[\"SP1:", base45), ("[\"hex:81", Array("0123456789abcdef\",".utf8)),
        ]
        var lines: [[UInt8]] = []
        for number in 0..<200 {
            for kind in kinds {
                let noise = (0..<number * 2).map { _ in kind.alphabet.randomElement(using: &random) ?? 0 }
                lines.append(Array(kind.begin.utf8) + noise.map { $0 == 10 ? 11 : $0 })
            }
        }
        for scene in Self.scenes {
            let verdicts = try Self.verdicts(lines, gate, scene: scene)
            #expect(verdicts.count == lines.count && !verdicts.contains("ok"), "\(scene)")
        }
    }
}
