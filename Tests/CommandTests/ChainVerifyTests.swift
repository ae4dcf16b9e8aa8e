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

    private func write(eventCount: Int, to name: String) throws {
        var script = LogScript()
        for number in 0..<eventCount {
            try script.append(LogScript.object(number % 20), LogScript.inspection(number))
        }
        for (path, bytes) in try ForgedLog(entries: script.entries, key: key).files {
            let whole = "\(folder)/\(name)/\(path)"
            let parent = whole.split(separator: "/").dropLast().joined(separator: "/")
            _ = unsafe system("mkdir -p '/\(parent)'")
            let file = unsafe try #require(unsafe fopen(whole, "wb"))
            unsafe fwrite(bytes, 1, bytes.count, file)
            unsafe fclose(file)
        }
    }

    /// Runs the command as a shell would, and gives its status and what it printed.
    private func run(_ arguments: String) throws -> (status: Int32, output: JSONValue?) {
        let command = "\(ProjectFiles.root)/.build/debug/chain-verify"
        let result = unsafe system("'\(command)' \(arguments) >'\(folder)/out' 2>'\(folder)/err'")
        let output = try ProjectFiles.bytes("\(folder)/out")
        return ((result >> 8) & 0xFF, try? JSONValue.parse(output, byteCountMax: 1 << 20))
    }

    @Test("remembers, then says intact, and tells a cut tail from growth")
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

    @Test("answers 64 to a wrong command line, and 2 to a log that is not there")
    func usage() throws {
        #expect(try run("audit").status == 64)
        #expect(try run("audit \(folder)/nothing --json").status == 2)
    }
}
