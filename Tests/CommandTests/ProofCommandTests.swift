import Encoding
import Glibc
import LogForge
import Signing
import TestSupport
import Testing
import TraceLog

@Suite("chain-verify, given a proof or a log to cosign")
struct ProofCommandTests {
    private let folder: ScratchFolder
    private let key: SigningKey
    private let program = Program("chain-verify")

    init() throws {
        folder = try ScratchFolder()
        key = try SigningKey.generate(.ed25519)
    }

    private var vkey: String {
        get throws { try NoteKey(name: ForgedLog.origin, kind: .ed25519, key: key.verificationKey).vkey }
    }

    /// A log in its own folder; another `padding` makes another history of the same length.
    private func log(_ eventCount: Int, padding: Int = 60, in name: String) throws -> ForgedLog {
        var script = LogScript()
        for number in 0..<eventCount {
            try script.append(LogScript.object(number % 20), LogScript.inspection(number, padding: padding))
        }
        let log = try ForgedLog(entries: script.entries, key: key)
        try write(log, to: name)
        return log
    }

    private func write(_ log: ForgedLog, to name: String) throws {
        for (path, bytes) in log.files {
            let parent = path.split(separator: "/").dropLast().joined(separator: "/")
            _ = unsafe system("mkdir -p '\(folder(name))/\(parent)'")
            try folder.write(bytes, to: "\(name)/\(path)")
        }
    }

    private func proof(_ hashes: [MerkleHash], _ name: String) throws -> String {
        try folder.write(Array(hashes.map { Base64.encode($0.bytes) + "\n" }.joined().utf8), to: name)
    }

    @Test("checks an entry at its index, and a newer checkpoint against an older one")
    func proofs() throws {
        let log = try log(300, in: "new")
        _ = try self.log(290, in: "old")
        var hasher = MerkleHasher()
        var tree = MemoryTree(leaves: log.entries.map { hasher.leaf($0) })
        let included = try proof(InclusionProof(leafIndex: 7, treeSize: 300, from: &tree).path, "included")
        let leaf = try folder.write(log.entries[7], to: "leaf")
        let words = ["inclusion", "--leaf", leaf, "--checkpoint", folder("new/checkpoint"), "--proof", included]
        let outcome = try program.run(words + ["--index", "7", "--key", vkey, "--json"])
        #expect(outcome.status == 0 && outcome.diagnostics.isEmpty)
        #expect(outcome.output.hasPrefix("{\"verdict\":\"intact\",\"code\":\"ok\",\"size\":300,\"rootHash\":\""))
        #expect(try program.run(words + ["--index", "8", "--key", vkey]).status == 1)
        let unsigned = try program.run(words + ["--index", "7"])
        #expect(unsigned.status == 0 && unsigned.diagnostics.hasPrefix("chain-verify: warning: "))

        let extended = try proof(ConsistencyProof(oldSize: 290, newSize: 300, from: &tree).path, "extended")
        let checkpoints = ["--old", folder("old/checkpoint"), "--new", folder("new/checkpoint")]
        let consistency = ["consistency"] + checkpoints + ["--key", try vkey, "--proof"]
        #expect(try program.run(consistency + [extended]).output == "consistent from 290 to 300\n")
        #expect(try program.run(consistency + [included]).status == 1)
        let other = try NoteKey(
            name: ForgedLog.origin, kind: .ed25519, key: SigningKey.generate(.ed25519).verificationKey)
        let forged = ["consistency"] + checkpoints + ["--key", other.vkey, "--proof", extended]
        #expect(try program.run(forged).status == 1)
    }

    @Test("accepts a checkpoint of another log under the same key only when that log is named")
    func origins() throws {
        let log = try log(9, in: "log")
        var note = SignedNote(text: try log.checkpoint().text.replacing(ForgedLog.origin, with: "log.example/other"))
        try note.sign(name: ForgedLog.origin, key: key)
        try folder.write(note.bytes, to: "log/checkpoint")
        try SigningKey.generate(.ed25519).write(to: folder("witness.pem"))
        var hasher = MerkleHasher()
        var tree = MemoryTree(leaves: log.entries.map { hasher.leaf($0) })
        let checkpoint = folder("log/checkpoint")
        let included = try proof(InclusionProof(leafIndex: 7, treeSize: 9, from: &tree).path, "included")
        let commands = [
            ["audit", folder("log"), "--key", try vkey],
            ["object", Hex.encode(LogScript.object(1).bytes), folder("log"), "--key", try vkey],
            [
                "inclusion", "--leaf", try folder.write(log.entries[7], to: "leaf"), "--checkpoint", checkpoint,
                "--proof", included, "--index", "7", "--key", try vkey,
            ],
            [
                "consistency", "--old", checkpoint, "--new", checkpoint, "--proof", try proof([], "same"), "--key",
                try vkey,
            ],
            [
                "witness", folder("log"), "--state", folder("state"), "--key", folder("witness.pem"), "--out",
                folder("cosigned"), "--log-key", try vkey,
            ],
        ]
        for words in commands {
            let refused = try program.run(words)
            #expect(refused.status == 1, "\(words[0])")
            #expect((refused.output + refused.diagnostics).contains("checkpoint_signature"), "\(words[0])")
            #expect(try program.run(words + ["--origin", "log.example/third"]).status == 1, "\(words[0])")
            let named = try program.run(words + ["--origin", "log.example/other"])
            #expect(named.status == (["audit", "object"].contains(words[0]) ? 2 : 0), "\(words[0])")
            #expect(!(named.output + named.diagnostics).contains("checkpoint_signature"), "\(words[0])")
        }
        // Anchors also name the log; tiles alone may belong to any log when no anchor is given.
        let audit = ["audit", folder("log"), "--key", try vkey]
        #expect(try program.run(audit + ["--anchor", checkpoint]).status == 0)
        #expect(try program.run(audit + ["--tiles-only"]).output.contains("tiles intact, checkpoint intact"))
        let policy = try folder.write(
            Array(
                "witness \(try NoteKey(name: "w", kind: .cosignature, key: key.verificationKey).vkey)\nquorum 1\n".utf8),
            to: "policy")
        #expect(try program.run(audit + ["--tiles-only", "--witness-policy", policy]).status == 1)
    }

    @Test("never cosigns two histories, however many witnesses run on one state at once")
    func witnessesAtOnce() throws {
        _ = try log(290, in: "first")
        _ = try log(300, in: "one")
        // The same first 290 entries, and different ones after them.
        var script = LogScript()
        for number in 0..<320 {
            try script.append(
                LogScript.object(number % 20), LogScript.inspection(number, padding: number < 290 ? 60 : 61))
        }
        try write(ForgedLog(entries: script.entries, key: key), to: "other")
        try SigningKey.generate(.ed25519).write(to: folder("witness.pem"))
        func words(_ name: String) throws -> [String] {
            [
                "witness", folder(name), "--state", folder("state"), "--key", folder("witness.pem"), "--out",
                folder("\(name).cosigned"), "--log-key", try vkey,
            ]
        }
        // All begin at the same remembered checkpoint; the first one decides which of the two histories continues.
        let shell = """
            set -e
            "$0" \(try words("first").joined(separator: " "))
            for i in 1 2 3; do
                "$0" \(try words("one").joined(separator: " ")) && echo one >> \(folder("done")) &
                "$0" \(try words("other").joined(separator: " ")) && echo other >> \(folder("done")) &
            done
            wait
            """
        for _ in 0..<4 {
            for name in ["state", "done"] { unsafe unlink(folder(name)) }
            _ = try program.run([], script: shell)
            let done = Set(
                String(decoding: try ProjectFiles.bytes(folder("done")), as: UTF8.self).split(separator: "\n"))
            #expect(done.count == 1, "\(done)")
        }
    }

    @Test("cosigns a growing log, and refuses a cut log and another history")
    func witness() throws {
        _ = try log(290, in: "first")
        _ = try log(300, in: "grown")
        _ = try log(310, padding: 61, in: "forked")
        let witness = try SigningKey.generate(.ed25519)
        try witness.write(to: folder("witness.pem"))
        func cosign(_ name: String, _ more: [String] = []) throws -> Program.Outcome {
            try program.run(
                [
                    "witness", folder(name), "--state", folder("state"), "--key", folder("witness.pem"), "--out",
                    folder("\(name).cosigned"), "--at", "1700000000", "--json",
                ] + more)
        }
        #expect(try cosign("first").status == 64)
        #expect(try cosign("first", ["--log-key", vkey]).status == 0)
        let cosigned = try SignedNote(bytes: ProjectFiles.bytes(folder("first.cosigned")))
        #expect(cosigned.text.hasPrefix("\(ForgedLog.origin)\n290\n"))
        #expect(try cosign("grown").output.contains("\"size\":300"))
        for (name, code) in [("first", "checkpoint_rollback"), ("forked", "fork")] {
            let before = try? ProjectFiles.bytes(folder("\(name).cosigned"))
            let refused = try cosign(name)
            #expect(refused.status == 1 && refused.output.isEmpty)
            #expect(refused.diagnostics.contains("[\(code)]"), "\(refused.diagnostics)")
            #expect((try? ProjectFiles.bytes(folder("\(name).cosigned"))) == before)
        }
    }
}
