import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

@Suite("verify enrol")
struct EnrolTests {
    private let gate: VerifyGate
    private let scratch: ScratchFolder

    init() throws { (gate, scratch) = try (VerifyGate(), ScratchFolder()) }

    private func enrol(_ name: String = "north gate 3", _ options: [String]? = nil) throws -> Program.Outcome {
        try Program("verify").run(
            ["enrol", "--bundle", gate.folder, "--name", name, "--state", scratch("state")]
                + (options ?? ["--root", gate.rootDigest]))
    }

    private func key(_ name: String) throws -> [UInt8] { try ProjectFiles.bytes(scratch("state/\(name)")) }

    @Test("makes two private keys and a request that they sign, and keeps both at every later run")
    func twice() throws {
        defer { gate.remove() }
        let first = try enrol()
        #expect(first.status == 0, "\(first.diagnostics)")
        let request = try GateRequest(Array(first.output.utf8))
        #expect(request.name == "north gate 3" && Hex.encode(request.rootDigest) == gate.rootDigest)
        #expect(first.diagnostics.contains("fingerprint \(request.fingerprint)\n"))
        #expect(!first.diagnostics.contains("first use"))
        for name in [GateKeys.signingName, GateKeys.receivingName] {
            var status = stat()
            #expect(unsafe stat(scratch("state/\(name)"), &status) == 0 && status.st_mode & 0o7777 == 0o400)
        }
        let keys = try [GateKeys.signingName, GateKeys.receivingName].map(key)
        let second = try GateRequest(Array(enrol("another name").output.utf8))
        #expect(second.gate == request.gate && second.fingerprint == request.fingerprint)
        #expect(try [GateKeys.signingName, GateKeys.receivingName].map(key) == keys)
        // A run that a crash cut short leaves the receiving key alone, and the next run keeps it.
        unsafe unlink(scratch("state/\(GateKeys.signingName)"))
        let third = try GateRequest(Array(enrol().output.utf8))
        #expect(third.receivingKey == request.receivingKey && third.gate != request.gate)
    }

    @Test("makes no new receiving key for a gate that has lost its own")
    func lostKey() throws {
        defer { gate.remove() }
        #expect(try enrol().status == 0)
        unsafe unlink(scratch("state/\(GateKeys.receivingName)"))
        let outcome = try enrol()
        #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.diagnostics.contains("[key_unreadable]"))
    }

    @Test("refuses another root and an unfit name, and makes no key then")
    func refused() throws {
        defer { gate.remove() }
        let other = String(repeating: "ab", count: 32)
        for (name, options, code) in [
            ("gate", ["--root", other], "root_differs"), ("", [], "request_invalid"), ("a\nb", [], "request_invalid"),
            (String(repeating: "g", count: 65), [], "request_invalid"),
        ] {
            let outcome = try enrol(name, options)
            #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome)")
            #expect(outcome.diagnostics.contains("[\(code)]") && outcome.diagnostics.contains("verify: hint: "))
            #expect(unsafe access(scratch("state/\(GateKeys.receivingName)"), F_OK) != 0)
        }
    }

    @Test("is what a running gate with epoch keys in clear is told to do, and it goes on deciding")
    func keysInClear() throws {
        defer { gate.remove() }
        let words = ["--bundle", gate.folder, "--scene", "metro-gate", "--at", "\(VerifyGate.now)", "--stream"]
        let line = Array((try gate.shown(gate.person()) + "\n").utf8)
        let outcome = try Program("verify").run(words, input: line)
        #expect(outcome.status == 0 && outcome.output.contains("\"ok\""), "\(outcome)")
        #expect(outcome.diagnostics.contains("verify enrol"))
        #expect(outcome.diagnostics.contains("[epoch_keys_in_clear]"))
        try gate.export(version: 6, domains: [])
        unsafe unlink("\(gate.folder)/\(EpochKeyFile.name)")
        #expect(try !Program("verify").run(words, input: line).diagnostics.contains("[epoch_keys_in_clear]"))
    }

    @Test("says that a root pinned at first use is for trials")
    func trial() throws {
        defer { gate.remove() }
        #expect(try enrol("gate", []).diagnostics.contains("pinned at first use, which is for trials"))
    }
}
