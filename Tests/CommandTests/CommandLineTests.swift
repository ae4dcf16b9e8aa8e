import TestSupport
import Testing

@Suite("Every command's line and streams")
struct CommandLineTests {
    @Test(
        "reports a wrong command line in the commands' own form, with status 64",
        arguments: [
            ("suishen", ""), ("suishen", "issue"), ("suishen", "device"), ("suishen", "nonsense"),
            ("suishen", "event append x"), ("verify", "replay"),
            ("suishen", "issue x --nonsense"), ("suishen", "device chain --out x --lifetime 86401"),
            ("suishen", "issue x --at 18446744073709551615"), ("suishen", "init --state x --suite rsa"),
            ("suishend", "--nonsense"), ("verify", ""), ("verify", "--scene park --text x"), ("chain-verify", ""),
            ("chain-verify", "audit"), ("chain-verify", "nonsense"), ("suishen", "help nonsense"),
            ("suishen", "help event nonsense"), ("suishend", "help"), ("verify", "help nonsense"),
            ("chain-verify", "help audit nonsense"), ("transit-issuer", "help nonsense"),
        ])
    func usage(command: String, words: String) throws {
        let outcome = try Program(command).run(words.split(separator: " ").map(String.init))
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        let lines = outcome.diagnostics.split(separator: "\n")
        #expect(lines.count == 2, "\(outcome.diagnostics)")
        #expect(lines.first?.hasPrefix("\(command): error: ") == true)
        #expect(lines.last?.hasPrefix("\(command): hint: ") == true)
    }

    @Test("keeps a name in capitals, and points at the called subcommand's help")
    func usageOfSubcommand() throws {
        let said = try Program("suishen").run(["event", "append", "--field", "x=y"]).diagnostics
        #expect(said.contains("error: OBJECT and --step are required"))
        #expect(said.contains("hint: see suishen event append --help"))
    }

    @Test("prints its release", arguments: ["suishen", "suishend", "verify", "chain-verify"])
    func version(command: String) throws {
        let outcome = try Program(command).run(["--version"])
        #expect(outcome.status == 0)
        #expect(outcome.diagnostics.isEmpty)
        let numbers = outcome.output.dropLast().split(separator: ".")
        #expect(numbers.count == 3 && numbers.allSatisfy { UInt($0) != nil }, "\(outcome.output)")
    }

    @Test(
        "names an unknown option, whatever else is missing",
        arguments: [
            ("verify", "--bogus"), ("verify", "scan --bogus"), ("verify", "--bundle x --bogus"),
            ("verify", "decode --bogus"), ("verify", "flush --spool x --socket y --bogus"),
            ("verify", "--text x --bogus"), ("verify", "x.png --bogus --json"),
        ])
    func unknownOption(command: String, words: String) throws {
        let outcome = try Program(command).run(words.split(separator: " ").map(String.init))
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(outcome.diagnostics.hasPrefix("\(command): error: unknown option '--bogus'"), "\(outcome.diagnostics)")
    }

    @Test("documents itself on stdout with status 0", arguments: ["suishen", "suishend", "verify", "chain-verify"])
    func help(command: String) throws {
        let outcome = try Program(command).run(["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("USAGE: \(command)"))
        guard command == "verify" else { return }
        for option in ["--bundle", "--scene", "--stream", "--frames", "--link", "--record", "--profile"] {
            #expect(outcome.output.contains(option))
        }
    }

    @Test("offers an idempotency key to changes alone")
    func idempotencyKey() throws {
        for (words, isChange) in [
            ("audit", false), ("confirm", false), ("log key", false), ("log openings", false), ("codes", false),
            ("object history", false), ("key rotate", false), ("gate show", false), ("gate list", false),
            ("bundle export", false), ("publish", false), ("event import", false), ("offer", false),
            ("wallet list", false), ("enterprise key list", false), ("settle draw", false),
            ("event append", true), ("event erase", true), ("revoke", true), ("issue", true), ("gate register", true),
            ("gate suspend", true), ("gate rekey", true), ("enterprise key add", true), ("enterprise key retire", true),
            ("wallet revoke", true), ("person register", true), ("object register", true),
        ] {
            let outcome = try Program("suishen").run(words.split(separator: " ").map(String.init) + ["--help"])
            #expect(outcome.status == 0 && outcome.output.contains("--idempotency-key") == isChange, "\(words)")
        }
    }

    /// Status 0 would open the gate although nobody has seen the verdict.
    @Test("never exits 0 when its answer cannot be written", arguments: ["| true", ">/dev/full", ">&-"])
    func answerLost(output: String) throws {
        let script = "trap '' PIPE; { sleep 0.2; \"$0\" \"$@\"; echo $? >&2; } \(output)"
        let outcome = try Program("verify").run(
            ["--bundle", "/none", "--scene", "park", "--text", "x"], script: script)
        #expect(outcome.diagnostics.hasSuffix("2\n"), "\(outcome.diagnostics)")
    }

    @Test("reports a lost answer when it has no verdict", arguments: [">/dev/full", ">&-"])
    func answerLostWithoutVerdict(output: String) throws {
        let script = "{ \"$0\" \"$@\"; echo $? >&2; } \(output)"
        let outcome = try Program("suishen").run(["inspect", MedicalAuthority.code], script: script)
        #expect(outcome.diagnostics.hasSuffix("\n1\n") && outcome.diagnostics.contains("[output_lost]"))
    }

    @Test("shows the help of the named subcommand", arguments: ["help", "help event append"])
    func helpOfSubcommand(words: String) throws {
        let outcome = try Program("suishen").run(words.split(separator: " ").map(String.init))
        #expect(outcome.status == 0 && outcome.diagnostics.isEmpty && outcome.output.contains("suishen"))
    }

    @Test("keeps its status when its diagnostics cannot be written")
    func diagnosticsLost() throws {
        let script = "trap '' PIPE; { { sleep 0.2; \"$0\" \"$@\" 2>&1 >&3; echo $? >&3; } | true; } 3>&1"
        #expect(try Program("suishen").run(["issue", "x", "--state", "/none"], script: script).output == "1\n")
    }

    @Test("shows no control character of a path to the terminal")
    func controlCharacters() throws {
        let outcome = try Program("suishen").run(["inspect", "\u{1B}[31m\n\u{9B}x"])
        #expect(outcome.status == 1)
        #expect(outcome.diagnostics.contains("\u{FFFD}[31m\u{FFFD}\u{FFFD}x cannot be read"))
    }
}
