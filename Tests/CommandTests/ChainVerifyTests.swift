import Encoding
import Glibc
import LogForge
import Signing
import TestSupport
import Testing
import TraceLog

@Suite("The command chain-verify")
struct ChainVerifyTests {
    private let folder: String
    private let key: SigningKey

    init() throws {
        folder = "/tmp/chain-verify-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        #expect(unsafe mkdir(folder, 0o700) == 0)
        key = try SigningKey.generate(.ed25519)
    }

    private func vkey() throws -> String {
        try NoteKey(name: ForgedLog.origin, kind: .ed25519, key: key.verificationKey).vkey
    }

    /// Writes a log; a different padding makes a log that differs from entry 50 on.
    private func write(eventCount: Int, padding: Int = 60, to name: String) throws {
        var script = LogScript()
        for number in 0..<eventCount {
            let event = LogScript.inspection(number, padding: number < 50 ? 60 : padding)
            try script.append(LogScript.object(number % 20), event)
        }
        try write(ForgedLog(entries: script.entries, key: key), to: name)
    }

    private func write(_ log: ForgedLog, to name: String) throws {
        for (path, bytes) in log.files {
            let whole = "\(folder)/\(name)/\(path)"
            let parent = whole.split(separator: "/").dropLast().joined(separator: "/")
            _ = unsafe system("mkdir -p '/\(parent)'")
            let file = unsafe try #require(unsafe fopen(whole, "wb"))
            unsafe fwrite(bytes, 1, bytes.count, file)
            unsafe fclose(file)
        }
    }

    /// Runs the command in a shell, and returns its status and output.
    private func run(_ arguments: String) throws -> (status: Int32, output: JSONValue?) {
        let command = "\(ProjectFiles.root)/.build/debug/chain-verify"
        let result = unsafe system("'\(command)' \(arguments) >'\(folder)/out' 2>'\(folder)/err'")
        let output = try ProjectFiles.bytes("\(folder)/out")
        return ((result >> 8) & 0xFF, try? JSONValue.parse(output, byteCountMax: 1 << 20))
    }

    @Test("remembers a first log, finds it intact the second time, and tells a cut tail from growth")
    func remembers() throws {
        try write(eventCount: 600, to: "log")
        let audit = "audit \(folder)/log --key '\(try vkey())' --state \(folder)/state --json"
        let first = try run(audit)
        #expect(first.status == 2)
        #expect(first.output?["code"]?.string == "unanchored")
        let second = try run(audit)
        #expect(second.status == 0)
        #expect(second.output?["verdict"]?.string == "intact")
        #expect(second.output?["events"]?.integer == 600)
        #expect(second.output?["objects"]?.integer == 20)
        _ = unsafe system("rm -r '\(folder)/log'")
        try write(eventCount: 590, to: "log")
        let cut = try run(audit)
        #expect(cut.status == 1)
        #expect(cut.output?["code"]?.string == "checkpoint_rollback")
        #expect(cut.output?["findings"]?.array?.first?["index"]?.integer == 590)
    }

    @Test("remembers the replayed size of a log beside its accepted size")
    func remembersReplay() throws {
        func writeLog(_ eventCount: Int) throws {
            var script = LogScript()
            for number in 0..<eventCount {
                try script.append(LogScript.object(number % 9), LogScript.inspection(number))
            }
            try script.appendHeads()
            try write(ForgedLog(entries: script.entries, key: key), to: "log")
        }
        let options = "\(folder)/log --key '\(try vkey())' --state \(folder)/state --json"
        let object = "object \(Hex.encode(LogScript.object(3).bytes)) \(options)"
        func isHeadsEntryAudited() throws -> Bool? {
            try run(object).output?["completeness"]?["headsEntryAudited"]?.bool
        }
        try writeLog(300)
        for _ in 0..<2 { #expect(try isHeadsEntryAudited() == false) }
        #expect(try run("audit \(options) --tiles-only").status == 0)
        #expect(try isHeadsEntryAudited() == false)
        // A state of the older format, without the replayed size.
        let lines = String(decoding: try ProjectFiles.bytes("\(folder)/state"), as: UTF8.self)
            .replacing("state v2", with: "state v1").replacing("audited 0\n", with: "")
        #expect(unsafe system("cat >'\(folder)/state' <<'end'\n\(lines)end") == 0)
        #expect(try isHeadsEntryAudited() == false)
        #expect(try run("audit \(options)").status == 0)
        for _ in 0..<2 { #expect(try isHeadsEntryAudited() == true) }
        #expect(try run("object \(Hex.encode(LogScript.object(3).bytes)) \(options.dropLast(7))").status == 0)
        #expect(String(decoding: try ProjectFiles.bytes("\(folder)/out"), as: UTF8.self).contains("has checked"))
    }

    @Test("keeps a checkpoint that another audit remembered meanwhile, and checks against it the next time")
    func remembersTogether() throws {
        try write(eventCount: 50, to: "log")
        try write(eventCount: 100, to: "first")
        try write(eventCount: 101, padding: 61, to: "second")
        let (state, other) = ("\(folder)/state", "\(folder)/other")
        func audit(_ log: String, _ state: String) throws -> Int32 {
            try run("audit \(folder)/\(log) --key '\(try vkey())' --state \(state)").status
        }
        for kept in [state, other] { #expect(try audit("log", kept) == 2) }
        #expect(try audit("first", other) == 0)
        // The audit of the second log waits for the lock, with nothing left to read, while the first is remembered.
        let script = """
            exec 9>>\(state).lock; flock 9; "$0" "$@" 9>&- & audit=$!
            for i in $(seq 3000); do ls -l /proc/$audit/fd | grep -q state.lock && break; sleep 0.02; done
            cp \(other) \(state); flock -u 9; wait $audit
            """
        let words = ["audit", "\(folder)/second", "--key", try vkey(), "--state", state]
        #expect(try Program("chain-verify").run(words, script: script).status == 0)
        #expect(try ProjectFiles.bytes(state) == ProjectFiles.bytes(other))
        #expect(try audit("second", state) == 1)
    }

    @Test("does not wait for a named pipe in place of a tile")
    func pipe() throws {
        try write(eventCount: 300, to: "log")
        let tile = "\(folder)/log/tile/0/000"
        #expect(unsafe unlink(tile) == 0 && mkfifo(tile, 0o600) == 0)
        let words = ["audit", "\(folder)/log", "--key", try vkey()]
        let outcome = try Program("chain-verify").run(words, script: "timeout -s KILL 60 \"$0\" \"$@\"")
        #expect(outcome.status == 2 && outcome.diagnostics.contains("not a regular file"))
    }

    @Test("exits 64 for a wrong command line, and 2 for a missing log")
    func usage() throws {
        #expect(try run("audit").status == 64)
        #expect(try run("audit \(folder)/nothing --json").status == 2)
    }
}
