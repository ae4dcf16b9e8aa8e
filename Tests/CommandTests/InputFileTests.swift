import QRStandard
import Credential
import Encoding
import Glibc
import QRDrawing
import TestSupport
import Testing

/// Tries file and text arguments of every command: a named pipe or a device in place of a file is refused at once, and
/// a text that looks like a file's name opens nothing.
@Suite("An input's name")
struct InputFileTests {
    private let scratch: ScratchFolder
    private let pipe: String

    init() throws {
        scratch = try ScratchFolder()
        pipe = scratch("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
    }

    /// Every option that takes a file, with FILE for its name; OTHER is an existing file, NEW a file to be made.
    private static let calls = [
        "verify decode FILE", "verify --profile hcert --trust FILE --text HC1:X",
        "verify --profile hcert --trust KEY FILE", "verify --bundle OTHER --root FILE --scene park --text X",
        "suishen inspect FILE", "suishen present --credential FILE --seed OTHER",
        "suishen present --credential SIGNED --device-key FILE",
        "suishen issue S --device-key FILE", "suishen issue --from FILE", "suishen person register --from FILE",
        "suishen object register --from FILE", "suishen event append --from FILE", "suishen event import FILE",
        "chain-verify audit OTHER --key FILE", "chain-verify audit OTHER --anchor FILE",
        "chain-verify audit OTHER --witness-policy FILE", "chain-verify audit OTHER --openings FILE",
        "chain-verify audit OTHER --state FILE", "chain-verify object 00 OTHER --anchor FILE",
        "chain-verify inclusion --leaf FILE --index 0 --checkpoint OTHER --proof OTHER",
        "chain-verify inclusion --leaf OTHER --index 0 --checkpoint FILE --proof OTHER",
        "chain-verify consistency --old FILE --new OTHER --proof OTHER",
        "chain-verify witness OTHER --key OTHER --log-key FILE --state NEW --out NEW",
    ]

    @Test(
        "of a pipe, a device or a folder is refused without waiting, in every option that takes a file",
        arguments: calls)
    func irregular(call: String) throws {
        let words = call.split(separator: " ").map(String.init)
        let other = try scratch.write(Array("other".utf8), to: "other", mode: 0o600)
        let gate = try VerifyGate()
        defer { gate.remove() }
        let stands = [
            "OTHER": other, "NEW": scratch("new"), "KEY": "\(gate.folder)/root.pem",
            "SIGNED": try gate.person(kind: .signed),
        ]
        let takesState = words[0] == "suishen" && !["inspect", "present"].contains(words[1])
        if takesState { _ = try Program("suishen").run(["init", "--state", scratch("state")]) }
        for file in [pipe, "/dev/zero", scratch.path] {
            let arguments = words.dropFirst().map { $0 == "FILE" ? file : stands[$0] ?? $0 }
            let outcome = try Program(words[0]).run(
                arguments + (takesState ? ["--state", scratch("state")] : []),
                script: #"exec timeout 60 "$0" "$@""#)
            #expect(outcome.status != 0 && outcome.status != 124, "\(call) \(file): \(outcome)")
            #expect(outcome.diagnostics.contains(file), "\(call) \(file): \(outcome.diagnostics)")
        }
    }

    @Test("given to --text stays a text, even when it names a picture, a pipe or stdin")
    func text() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let shown = try gate.shown(gate.person())
        let picture = try scratch.write(QRSymbol.encode(shown).png(), to: "capture.png")
        let scene = "--bundle \(gate.folder) --scene metro-gate --at \(VerifyGate.now)"
        for options in [scene, "--profile hcert --trust \(gate.folder)/root.pem"] {
            for text in [picture, pipe, "-"] {
                let run = try VerifyRun("\(options) --text \(text)", input: shown)
                #expect(run.code == "malformed" && run.status == 1, "\(options) \(text)")
            }
        }
        #expect(try VerifyRun("\(scene) \(picture)").code == "ok")
    }
}
