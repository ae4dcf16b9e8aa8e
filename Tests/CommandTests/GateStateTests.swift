import Glibc
import TestSupport
import Testing

@Suite("What verify remembers between runs")
struct GateStateTests {
    private func options(_ gate: VerifyGate, _ text: String) -> String {
        "--bundle \(gate.folder) --scene object-inspection --at \(VerifyGate.now) --text '\(text)'"
    }

    @Test("is not believed where others can write it, and gives the first run's verdicts otherwise")
    func writableByOthers() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        for (text, code) in [(try gate.object(), "ok"), (try gate.object(index: VerifyGate.revokedIndex), "revoked")] {
            unsafe system("rm -rf \(gate.folder)/state")
            for _ in 0..<2 { #expect(try VerifyRun(options(gate, text)).code == code) }
            unsafe chmod("\(gate.folder)/state", 0o777)
            let open = try VerifyRun(options(gate, text))
            #expect(open.code == "bundle_unreadable" && open.verdict == "undecided" && open.status == 2)
            unsafe chmod("\(gate.folder)/state", 0o700)
            #expect(try VerifyRun(options(gate, text)).code == code)
        }
    }

    /// The bundle's own file would be opened in stdout's place, and the verdict go into what the gate remembers.
    @Test("is not written over by a verdict that has no stdout to go to, and the gate stays closed")
    func closedStdout() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let words = ["--bundle", gate.folder, "--scene", "object-inspection", "--at", "\(VerifyGate.now)", "--text"]
        let verify = Program("verify")
        for (options, streams) in [([], ">&-"), ([], ">&- <&- 2>&-"), (["--record"], ">&-")] {
            let outcome = try verify.run(
                words + [try gate.object()] + options, script: "\"$0\" \"$@\" \(streams); echo $?")
            #expect(outcome.output == "2\n")
            let files = unsafe system("grep -rl '\"verdict\"' \(gate.folder)")
            #expect(files >> 8 == 1, "a verdict lies in the gate's files")
        }
    }

    @Test("is whole after a verdict that nobody reads, with the status of an undecided one and not a signal's")
    func closedPipe() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let words = ["--bundle", gate.folder, "--scene", "object-inspection", "--at", "\(VerifyGate.now)", "--text"]
        let script =
            "import os, signal, sys; r, w = os.pipe(); os.dup2(w, 1); os.close(r); os.close(w); "
            + "signal.signal(signal.SIGPIPE, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
        for text in [try gate.object(), try gate.object(index: VerifyGate.revokedIndex)] {
            let outcome = try Program("verify").run(
                words + [text], script: "exec python3 -c '\(script)' \"$0\" \"$@\"")
            #expect(outcome.status == 2, "\(outcome.status)")
        }
    }

    @Test("is made once by processes that all start for the first time")
    func firstStartsAtOnce() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let (good, revoked) = (try gate.object(), try gate.object(index: VerifyGate.revokedIndex))
        for _ in 0..<4 {
            unsafe system("rm -rf \(gate.folder)/state")
            let verify = "\(ProjectFiles.root)/.build/debug/verify"
            // A pipeline starts them all before any is waited for; none reads what the one before it writes.
            let starts = (0..<4).flatMap { _ in [good, revoked] }.enumerated().map { index, text in
                "\(verify) \(options(gate, text)) > \(gate.folder)/out.\(index) 2>&1"
            }
            unsafe system(starts.joined(separator: " | "))
            for index in 0..<8 {
                let output = String(decoding: try ProjectFiles.bytes("\(gate.folder)/out.\(index)"), as: UTF8.self)
                #expect(output.contains("\"code\":\"\(index % 2 == 0 ? "ok" : "revoked")\""), "\(output)")
            }
            #expect(ProjectFiles.exists("\(gate.folder)/state/SH-object-lasting.bits"))
            let leavings = unsafe system("ls \(gate.folder)/state | grep -qE '[.][A-Za-z0-9]{6}$'")
            #expect(leavings >> 8 == 1, "temporary files are left")
        }
    }

    @Test("never goes back to an older bundle, however many processes start at once with the old and the new one")
    func bundlesAtOnce() throws {
        let gate = try VerifyGate(version: 5)
        defer { gate.remove() }
        let old = "\(gate.folder)/old"
        unsafe system("mkdir \(old) && cp -r \(gate.folder)/*.cbor \(gate.folder)/*.pem \(gate.folder)/status \(old)")
        try gate.export(version: 6)
        let verify = "\(ProjectFiles.root)/.build/debug/verify"
        let options = "--scene metro-gate --at \(VerifyGate.now) --plain --text X --state \(gate.folder)/state"
        for _ in 0..<12 {
            unsafe system("rm -rf \(gate.folder)/state")
            // A pipeline starts them all before any is waited for; none reads what the one before it writes.
            let starts = [old, gate.folder, old, gate.folder].enumerated().map { index, bundle in
                "\(verify) --bundle \(bundle) \(options) > \(gate.folder)/out.\(index) 2>&1"
            }
            unsafe system(starts.joined(separator: " | "))
            for index in [1, 3] {
                let output = String(decoding: try ProjectFiles.bytes("\(gate.folder)/out.\(index)"), as: UTF8.self)
                #expect(output.hasPrefix("reject malformed"), "\(output)")
            }
            #expect(try SeenState(gate).version == 6)
            #expect(try Program("verify").run(inShell: "--bundle \(old) \(options)").status == 2)
        }
    }
}
