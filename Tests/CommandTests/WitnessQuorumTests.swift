import Encoding
import Glibc
import LogForge
import Signing
import TestSupport
import Testing
import TraceLog

/// Audits logs whose checkpoints witnesses have cosigned, as an operator would have them counted who cut the log's end.
@Suite("A quorum of witnesses, at chain-verify,")
struct WitnessQuorumTests {
    private static let now: UInt64 = 1_800_000_000
    private static let day: UInt64 = 86_400

    private let place: AuditedLog
    private let log: ForgedLog
    private let witnesses: [SigningKey]

    init() throws {
        place = try AuditedLog()
        var script = LogScript()
        for number in 0..<40 { try script.append(LogScript.object(number % 7), LogScript.inspection(number)) }
        log = try ForgedLog(entries: script.entries, key: place.logKey)
        witnesses = try (0..<4).map { _ in try SigningKey.generate(.ed25519) }
    }

    private func vkey(_ name: String, _ key: SigningKey) throws -> String {
        try NoteKey(name: name, kind: .cosignature, key: key.verificationKey).vkey
    }

    /// Writes the log with these cosignatures, and audits it by a policy.
    private func audit(
        _ cosignatures: [(name: String, key: SigningKey, time: UInt64)], policy: String, _ options: [String] = [],
        at now: UInt64? = Self.now
    ) throws -> AuditedLog.Answer {
        var note = try SignedNote(bytes: log.files["checkpoint"] ?? [])
        for (name, key, time) in cosignatures { try note.cosign(name: name, key: key, at: time) }
        try place.write(log, ["checkpoint": note.bytes], to: "log")
        let clock = now.map { ["--at", String($0)] } ?? []
        return try place.audit(
            "log", ["--witness-policy", place.file(policy, to: "policy")] + clock + options)
    }

    private func standings(_ answer: AuditedLog.Answer) -> [String] {
        (answer.report["cosignatures"]?.array ?? []).compactMap { $0["standing"]?.string }
    }

    @Test(
        "counts a cosignature for a day or as long as asked, and none that is ahead of the clock",
        arguments: [
            (0, nil, "counted"), (day, nil, "counted"), (day + 1, nil, "old"), (400 * day, nil, "old"),
            (now, nil, "old"), (day + 1, day + 1, "counted"), (61, 60, "old"), (60, 60, "counted"),
        ] as [(UInt64, UInt64?, String)])
    func age(seconds: UInt64, within: UInt64?, standing: String) throws {
        let policy = "witness \(try vkey("w", witnesses[0]))\nquorum 1\n"
        let options = within.map { ["--cosigned-within", String($0)] } ?? []
        let time = Self.now - seconds
        let answer = try audit([("w", witnesses[0], time)], policy: policy, options)
        #expect(answer.status == (standing == "counted" ? 0 : 2))
        #expect(answer.code == (standing == "counted" ? "ok" : "unanchored"))
        let expected: JSONValue = ["witness": "w", "time": .integer(Int64(time)), "standing": .string(standing)]
        #expect(answer.report["cosignatures"] == .array([expected]))
    }

    @Test("does not count a time ahead of the clock by more than a minute, nor one beyond all clocks")
    func ahead() throws {
        let policy = "witness \(try vkey("w", witnesses[0]))\nquorum 1\n"
        for (time, standing) in [
            (Self.now + 60, "counted"), (Self.now + 61, "ahead"), (Self.now + Self.day, "ahead"), (.max, "ahead"),
        ] {
            let answer = try audit([("w", witnesses[0], time)], policy: policy)
            #expect(standings(answer) == [standing] && answer.status == (standing == "counted" ? 0 : 2), "\(time)")
        }
        // A witness that cosigned again is judged by its newest cosignature that counts.
        let times = [Self.now - 9 * Self.day, Self.now - 5, Self.now + Self.day]
        let answer = try audit(times.map { ("w", witnesses[0], $0) }, policy: policy)
        #expect(answer.status == 0)
        #expect(answer.report["cosignatures"]?.array?.first?["time"] == .integer(Int64(Self.now - 5)))
    }

    @Test("is judged by the clock where no time is given, and prints each witness's time")
    func clock() throws {
        let policy = "witness \(try vkey("w", witnesses[0]))\nquorum 1\n"
        let now = UInt64(time(nil))
        #expect(try audit([("w", witnesses[0], now - 3600)], policy: policy, at: nil).status == 0)
        #expect(try audit([("w", witnesses[0], now - 2 * Self.day)], policy: policy, at: nil).status == 2)
        let plain = try place.verify([
            "audit", place.path("log"), "--key", place.vkey(), "--witness-policy", place.path("policy"), "--at",
            String(Self.now),
        ])
        #expect(plain.output.contains("  witness w at 20") && plain.output.contains("Z: "))
        let unused = try place.verify(["audit", place.path("log"), "--cosigned-within", "9"])
        #expect(unused.status == 64)
    }

    @Test("counts one key once, under whatever names")
    func repeatedKey() throws {
        let names = ["a", "b", "c"]
        let keys = [witnesses[0], witnesses[0], witnesses[1]]
        let lines = try zip(names, keys).map { "witness \(try vkey($0, $1))\n" }.joined()
        let all = zip(names, keys).map { ($0, $1, Self.now) }
        let two = try audit(Array(all.prefix(2)), policy: lines + "quorum 2\n")
        #expect(two.status == 2 && standings(two) == ["counted", "repeated_key", "missing"])
        #expect(try audit(all, policy: lines + "quorum 2\n").status == 0)
        #expect(try audit(Array(all.suffix(2)), policy: lines + "quorum 2\n").status == 0)
        // Two different keys cannot make three, and C2SP's form has each key once.
        let unreachable = try place.verify([
            "audit", place.path("log"), "--witness-policy", place.file(lines + "quorum 3\n", to: "policy"),
        ])
        #expect(unreachable.status == 2 && unreachable.diagnostics.contains("line 4: the quorum is not between"))
    }

    @Test("does not count the log's own key, under its own name or another")
    func logKey() throws {
        for name in [ForgedLog.origin, "independent.example"] {
            let cosignatures = [(name, place.logKey, Self.now), ("w", witnesses[0], Self.now)]
            let lines = try cosignatures.map { "witness \($0.0) \(try vkey($0.0, $0.1))\n" }.joined()
            let two = try audit(cosignatures, policy: lines + "quorum 2\n")
            #expect(two.status == 2 && standings(two) == ["log_key", "counted"])
            #expect(try audit(cosignatures, policy: lines + "group g all \(name) w\nquorum g\n").status == 2)
            #expect(try audit(cosignatures, policy: lines + "quorum \(name)\n").status == 2)
            #expect(try audit(cosignatures, policy: lines + "quorum 1\n").status == 0)
        }
    }

    @Test(
        "is read from a C2SP policy with its groups",
        arguments: [
            ("quorum w1", [0], 0), ("quorum w1", [1, 2, 3], 2), ("group g any w1 w2\nquorum g", [1], 0),
            ("group g all w1 w2\nquorum g", [1], 2), ("group g all w1 w2\nquorum g", [0, 1], 0),
            ("group g 2 w1 w2 w3\nquorum g", [0, 2], 0), ("group g 2 w1 w2 w3\nquorum g", [2, 3], 2),
            ("group x 2 w1 w2\n\tgroup\ty  any w3 w4 \ngroup both all x y\nquorum both", [0, 1, 3], 0),
            ("group x 2 w1 w2\ngroup y any w3 w4\ngroup both all x y\nquorum both", [1, 2, 3], 2),
            ("quorum none", [0, 1, 2, 3], 2),
        ] as [(String, [Int], Int32)])
    func groups(rule: String, cosigned: [Int], status: Int32) throws {
        var policy = "# a comment\n\n  log \(try place.vkey())  https://log.example/\n"
        for number in 1...4 {
            policy += "witness w\(number) \(try vkey("w.example/\(number)", witnesses[number - 1])) https://w/\n"
        }
        let answer = try audit(
            cosigned.map { ("w.example/\($0 + 1)", witnesses[$0], Self.now) }, policy: policy + rule + "\n")
        #expect(answer.status == status && answer.code == (status == 0 ? "ok" : "unanchored"))
        // The policy states the log's key.
        let words = ["audit", place.path("log"), "--witness-policy", place.path("policy"), "--at", "\(Self.now)"]
        #expect(try place.verify(words).status == status)
    }

    @Test("keeps an auditor from remembering a checkpoint that it does not confirm")
    func remembering() throws {
        let policy = "witness \(try vkey("w", witnesses[0]))\nquorum 1\n"
        let state = ["--state", place.path("state")]
        for _ in 0..<2 {
            #expect(try audit([("w", witnesses[0], Self.now - 2 * Self.day)], policy: policy, state).status == 2)
        }
        #expect(try place.audit("log", state).code == "unanchored")
        try #require(unsafe unlink(place.path("state")) == 0)
        #expect(try audit([("w", witnesses[0], Self.now)], policy: policy, state).status == 0)
        #expect(try place.audit("log", state).status == 0)
    }

    @Test("is no policy of a log that it does not list")
    func unlisted() throws {
        let other = try NoteKey(name: "other.example", kind: .ed25519, key: witnesses[3].verificationKey).vkey
        let policy = "log \(other)\nwitness w \(try vkey("w", witnesses[0]))\nquorum w\n"
        let file = try place.file(policy, to: "policy")
        try place.write(log, to: "log")
        let given = try place.verify(["audit", place.path("log"), "--key", place.vkey(), "--witness-policy", file])
        #expect(given.status == 2 && given.diagnostics.contains("[log_unlisted]"))
        #expect(try place.verify(["audit", place.path("log"), "--witness-policy", file]).status == 1)
    }

    @Test(
        "is refused with the number of the line that is wrong",
        arguments: [
            (1, "wittness w KEY0"), (1, "witness w KEY0 https://w/ more"), (1, "witness w w+00000000+BAAA"),
            (1, "log KEY0"), (1, "witness w LOG"), (1, "witness none KEY0"), (1, "witness w KEY0\r"),
            (2, "log LOG\nlog LOG"), (2, "witness w KEY0\nwitness w KEY1"), (2, "witness w KEY0\ngroup w any w"),
            (2, "witness w KEY0\nwitness v KEY0\nquorum w"), (2, "witness w KEY0\ngroup g any g"),
            (2, "witness w KEY0\ngroup g any none"), (2, "witness w KEY0\ngroup g 0 w"),
            (2, "witness w KEY0\ngroup g 2 w"),
            (2, "witness w KEY0\ngroup g +1 w"), (2, "witness w KEY0\ngroup g any"),
            (2, "witness w KEY0\ngroup g any w w"),
            (3, "witness w KEY0\ngroup g any w\ngroup h any w"), (2, "witness w KEY0\nquorum v\nwitness v KEY1"),
            (2, "witness w KEY0\nquorum 0"), (2, "witness w KEY0\nquorum 2"), (2, "witness w KEY0\nquorum -1"),
            (3, "witness w KEY0\nquorum w\nquorum none"), (2, "witness 1 KEY0\nquorum 1"),
            (3, "log LOG\nwitness w KEY0\nquorum 1"), (2, "quorum none\ngroup g any w"),
        ])
    func malformed(line: Int, text: String) throws {
        let policy = text.replacing("KEY0", with: try vkey("w0", witnesses[0]))
            .replacing("KEY1", with: try vkey("w1", witnesses[1])).replacing("LOG", with: try place.vkey())
        try place.write(log, to: "log")
        let words = ["audit", place.path("log"), "--witness-policy", try place.file(policy + "\n", to: "policy")]
        let outcome = try place.verify(words)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.diagnostics.contains("[malformed_key]"))
        #expect(outcome.diagnostics.contains("malformed: line \(line): "), "\(outcome.diagnostics)")
    }
}
