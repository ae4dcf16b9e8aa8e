import Glibc
import TestSupport
import Testing

@Suite("The state that verify keeps between runs")
struct GateStateTests {
    private func options(_ gate: VerifyGate, _ text: String) -> String {
        "--bundle \(gate.folder) --scene object-inspection --at \(VerifyGate.now) --text '\(text)'"
    }

    @Test("is not trusted when others can write it, and otherwise gives the first run's verdicts")
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

    /// Otherwise the next opened file would get stdout's descriptor, and the verdict would overwrite the gate's state.
    @Test("is not overwritten by a verdict when stdout is closed, and the gate stays closed")
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

    @Test("is whole after a verdict that nobody reads, and the exit status is undecided, not a signal's")
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

    @Test("is made once by processes that all start first at the same time")
    func firstStartsAtOnce() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let (good, revoked) = (try gate.object(), try gate.object(index: VerifyGate.revokedIndex))
        for _ in 0..<4 {
            unsafe system("rm -rf \(gate.folder)/state")
            let verify = "\(ProjectFiles.root)/.build/debug/verify"
            // A pipeline starts all of them before it waits for any; none reads the previous one's output.
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

    @Test("never returns to an older bundle when many processes start at once with the old and the new one")
    func bundlesAtOnce() throws {
        let gate = try VerifyGate(version: 5)
        defer { gate.remove() }
        let old = "\(gate.folder)/old"
        unsafe system("mkdir \(old) && cp -r \(gate.folder)/*.cbor \(gate.folder)/*.pem \(gate.folder)/status \(old)")
        try gate.export(version: 6)
        let clock = try SetClock(at: VerifyGate.now)
        let verify = (clock.words + ["\(ProjectFiles.root)/.build/debug/verify"]).joined(separator: " ")
        let options = "--scene metro-gate --plain --text X --state \(gate.folder)/state"
        for _ in 0..<12 {
            unsafe system("rm -rf \(gate.folder)/state")
            // A pipeline starts all of them before it waits for any; none reads the previous one's output.
            let starts = [old, gate.folder, old, gate.folder].enumerated().map { index, bundle in
                "\(verify) --bundle \(bundle) \(options) > \(gate.folder)/out.\(index) 2>&1"
            }
            unsafe system(starts.joined(separator: " | "))
            for index in [1, 3] {
                let output = String(decoding: try ProjectFiles.bytes("\(gate.folder)/out.\(index)"), as: UTF8.self)
                #expect(output.contains("reject malformed"), "\(output)")
            }
            #expect(try SeenState(gate).version == 6)
            #expect(unsafe system("\(verify) --bundle \(old) \(options) > /dev/null 2>&1") >> 8 == 2)
        }
    }
}
