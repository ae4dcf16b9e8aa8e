import Credential
import Encoding
import Glibc
import Signing
import TestSupport
import Testing

@Suite("The stream of a gate")
struct StreamRobustnessTests {
    /// The verdict codes of one stream.
    private static func codes(
        _ lines: [[UInt8]], _ gate: VerifyGate, scene: String, folder: ScratchFolder
    ) throws -> [String] {
        let path = try folder.write(Array(lines.joined(separator: [UInt8(ascii: "\n")])), to: "lines")
        let run = try VerifyRun(
            "--bundle \(gate.folder) --scene \(scene) --at \(VerifyGate.now) --stream < \(path)")
        return run.lines.map { $0["code"]?.string ?? "" }
    }

    @Test("answers every line once, in order, whatever the line holds")
    func answersGarbage() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var random = SystemRandomNumberGenerator()
        let good = Array(try gate.person(kind: .paper).utf8)
        var lines: [[UInt8]] = [
            [], [0], [0xFF, 0xFE], good + [UInt8(ascii: "\r")], [UInt8](repeating: 65, count: 1 << 20),
        ]
        for count in 1...300 {
            lines.append((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }.map { $0 == 10 ? 0 : $0 })
            lines.append(good.prefix(count) + [UInt8.random(in: 32...255, using: &random)])
            if count % 50 == 0 { lines.append(good) }
        }
        lines.append(good)
        let codes = try Self.codes(lines, gate, scene: "hospital", folder: ScratchFolder())
        #expect(codes.count == lines.count)
        for (line, code) in zip(lines, codes) {
            let isGood = line == good || line == good + [UInt8(ascii: "\r")]
            #expect((code == "ok") == isGood, "\(line)")
        }
    }

    @Test(
        "stays closed and says why when no line comes or stdin cannot be read",
        arguments: [("</dev/null", "no_code", 0), ("<&-", "input_unreadable", 1), ("</tmp", "input_unreadable", 1)])
    func nothingRead(input: String, code: String, lineCount: Int) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let outcome = try Program("verify").run(
            ["--bundle", gate.folder, "--scene", "park", "--stream"], script: "exec \"$0\" \"$@\" \(input)")
        #expect(outcome.status == 2)
        #expect(outcome.diagnostics.contains("[\(code)]") && outcome.diagnostics.contains("verify: hint: "))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == lineCount && lines.allSatisfy { $0.contains(#""code":"input_unreadable""#) })
    }

    @Test("ends when its terminal ends, however many threads wait for a line", arguments: [0, 1, 3])
    func terminal(lineCount: Int) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        // Typed while all threads wait; nothing is typed afterwards.
        let typed = String(repeating: #"no code\n"#, count: lineCount) + #"\004"#
        let terminal = "timeout 60 script --quiet --return --command \"$0 $*\" /dev/null"
        let outcome = try Program("verify").run(
            ["--bundle", gate.folder, "--scene", "park", "--at", "\(VerifyGate.now)", "--stream"],
            script: """
                exec bash -c '\(terminal) < <(sleep 0.3; printf "\(typed)"; exec sleep 60)' "$0" "$@"
                """)
        #expect(outcome.status == (lineCount == 0 ? 2 : 1))
        #expect(
            outcome.output.split(whereSeparator: \.isNewline).count { $0.contains(#""code":"malformed""#) } == lineCount
        )
    }

    /// The output of a shell that controls a gate's stream: `scan` sends a line, and `$gate` is the gate's process.
    private static func watching(_ watch: String) throws -> [Substring] {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let outcome = try Program("verify").run(
            ["--bundle", gate.folder, "--scene", "park", "--at", "\(VerifyGate.now)", "--stream"],
            script: """
                exec timeout 100 bash -c '
                    coproc stream { exec "$0" "$@"; }
                    gate=$stream_PID
                    scan() { echo "no code" >&"${stream[1]}"; read -r _ <&"${stream[0]}"; }
                    \(watch)
                    exit 0 # by itself: a last command in its place would close the stream
                ' "$0" "$@"
                """)
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        return outcome.output.split(whereSeparator: \.isNewline)
    }

    @Test("has one thread on every processor that it may use")
    func processors() throws {
        let lists = try Self.watching(
            """
            # The thread that looks for new bundles reads no lines, and may run anywhere.
            readers() { grep -Lx updates /proc/$gate/task/*/comm | sed "s/comm$/status/"; }
            lists() { sed -n "s/^Cpus_allowed_list:\\t//p" $(readers); }
            scan
            while lists | grep -q "[-,]"; do sleep 0.05; done
            nproc
            lists
            """)
        #expect(lists.dropFirst().count == Int(lists.first ?? ""))
        #expect(Set(lists.dropFirst()).count == lists.count - 1)
    }

    @Test("keeps the processors awake, if it may, only while lines follow one another closely")
    func wakefulness() throws {
        let states = try Self.watching(
            """
            requests() { readlink /proc/$gate/fd/* | grep -c cpu_dma_latency; }
            scan
            requests
            dd if=/dev/null of=/dev/cpu_dma_latency conv=nocreat,notrunc 2>/dev/null && allowed=1 || allowed=0
            for round in {1..200}; do
                for line in {1..50}; do scan; done
                seen=$(requests)
                [ $seen = $allowed ] && break
            done
            echo $allowed $seen
            until [ $(requests) = 0 ]; do sleep 0.05; done
            """)
        #expect(states == ["0", "1 1"] || states == ["0", "0 0"])
    }

    @Test("accepts each showing at only one of two gates that share a store, also after one was killed")
    func sharesStore() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let folder = try ScratchFolder()
        let texts = try (0..<400).map { _ in try gate.shown(gate.person()) }
        let lines = try folder.write(Array(texts.joined(separator: "\n").utf8), to: "lines")
        let verify = "\(ProjectFiles.root)/.build/debug/verify --scene metro-gate --at \(VerifyGate.now) --stream"
        let store = "--replay-store \(folder("replay"))"
        let run = { (command: String) in _ = unsafe system(command) }
        let one = "\(verify) --bundle \(gate.folder) \(store) < \(lines)"
        // The third gate is killed while it works; its accepted showings stay recorded, and the store stays whole.
        run("\(one) > \(folder("a")) | \(one) > \(folder("b"))")
        run("(\(one) > \(folder("c")) & sleep 0.05; kill -9 $!) 2>/dev/null")
        run("\(one) > \(folder("d"))")
        let verdicts = try ["a", "b", "d"].map { name in
            try ProjectFiles.bytes(folder(name)).split(separator: UInt8(ascii: "\n"))
                .map { try JSONValue.parse($0, byteCountMax: 1 << 20)["code"]?.string }
        }
        #expect(verdicts.allSatisfy { $0.count == texts.count })
        #expect(zip(verdicts[0], verdicts[1]).allSatisfy { Set([$0, $1]) == ["ok", "replayed"] })
        #expect(verdicts[2].allSatisfy { $0 == "replayed" })
        // A gate is killed amid new showings: none is accepted twice, and all get an answer afterwards.
        let fresh = "\(verify) --bundle \(gate.folder) --replay-store \(folder("fresh")) < \(lines)"
        run("(\(fresh) > \(folder("e")) & sleep 0.08; kill -9 $!) 2>/dev/null")
        run("\(fresh) > \(folder("f"))")
        let before = try ProjectFiles.bytes(folder("e")).split(separator: UInt8(ascii: "\n")).count
        let after = try ProjectFiles.bytes(folder("f")).split(separator: UInt8(ascii: "\n"))
            .map { try JSONValue.parse($0, byteCountMax: 1 << 20)["code"]?.string }
        #expect(after.count == texts.count && after.allSatisfy { $0 == "ok" || $0 == "replayed" })
        #expect(!after.prefix(max(0, before - 1)).contains("ok"))
    }
}
