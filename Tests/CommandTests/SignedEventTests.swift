import Encoding
import Glibc
import TestSupport
import Testing

/// Follows an actor's signature from `suishen event append` to `chain-verify audit`, through the built commands.
@Suite("An event that its actor signs")
struct SignedEventTests {
    private let run: SuishenRun
    private let object: String
    private let key: String

    init() throws {
        run = try SuishenRun()
        _ = try run.enterprise()
        object = try run.object()
        key = run.folder("actor.pem")
        try run.answer(["device", "keygen", "--out", key, "--algorithm", "es256"])
    }

    /// Registers the public key of a key pair, and returns its identifier.
    private func register(_ key: String, uscc: String = SuishenRun.uscc) throws -> String {
        let answer = try run.answer(["enterprise", "key", "add", uscc, "--key", key.dropLast(4) + ".pub.pem"])
        return try #require(answer["key"]?.string)
    }

    private func append(_ object: String, _ more: [String] = []) -> [String] {
        ["event", "append", object, "--step", "inspecting", "--actor", SuishenRun.uscc, "--actor-key", key] + more
    }

    /// Audits the published log with its own newest checkpoint as anchor.
    private func audit(_ options: [String] = []) throws -> JSONValue {
        let state = run.folder("state")
        let vkey = try #require(try run.answer(["log", "key"])["key"]?.string)
        let checkpoint = try #require(try run.answer(["log", "checkpoint"])["checkpoint"]?.string)
        let anchor = try run.folder.write(Array(checkpoint.utf8), to: "anchor")
        let outcome = try Program("chain-verify").run(
            ["audit", "\(state)/log", "--key", vkey, "--anchor", anchor, "--json"] + options)
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
    }

    private func signatures() throws -> [String?] {
        let state = run.folder("state")
        let vkey = try #require(try run.answer(["log", "key"])["key"]?.string)
        let outcome = try Program("chain-verify").run(["object", object, "\(state)/log", "--key", vkey, "--json"])
        let report = try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
        return (report["history"]?.array ?? []).map { $0["signature"]?.string }
    }

    private func batch(_ objects: [String]) -> [UInt8] {
        let lines = objects.enumerated().map { number, object -> String in
            let line: JSONValue = [
                "object": .string(object), "step": "inspecting", "actor": .string(SuishenRun.uscc),
                "fields": ["number": .string("\(number)")], "personal": ["inspector": "张三"],
            ]
            return line.encoded() + "\n"
        }
        return Array(lines.joined().utf8)
    }

    @Test("passes the audit as signed, alone and in a batch, beside unsigned events")
    func intact() throws {
        _ = try register(key)
        let first = try run.answer(append(object, ["--personal", "inspector=张三", "--field", "result=good"]))
        #expect(first["sequence"] == 0)
        try run.answer(["event", "append", object, "--step", "repairing"])
        #expect(try run.answer(append(object))["sequence"] == 2)
        let others = try (0..<4).map { _ in try run.object() }
        // The same objects twice: an entry cannot follow another one of the same batch.
        let outcome = try run.run(
            ["event", "append", "--actor-key", key, "--from", "-"], input: batch(others + [object] + others))
        #expect(outcome.status == 0, "\(outcome)")
        let answers = try outcome.output.split(separator: "\n").map {
            try JSONValue.parse(Array($0.utf8), byteCountMax: 1 << 16)
        }
        #expect(answers.map { $0["sequence"] } == [0, 0, 0, 0, 3, 1, 1, 1, 1])
        for setting in ["all", "batch", "none"] {
            let report = try audit(["--signatures", setting])
            #expect(report["verdict"] == "intact" && report["events"] == 12, "\(setting) \(report)")
        }
        #expect(try signatures() == ["valid", nil, "valid", "valid"])
    }

    @Test("is refused for a key that is unregistered, another actor's or ended, and nothing is logged")
    func refused() throws {
        #expect(try run.isRefused(append(object), code: "actor_signature"))
        let identifier = try register(key)
        #expect(try register(key) == identifier)
        let other = "91310000MA1FL0000N"
        #expect(try run.isRefused(["enterprise", "key", "add", SuishenRun.uscc, "--key", key], code: "key_malformed"))
        #expect(
            try run.isRefused(
                ["enterprise", "key", "add", other, "--key", key.dropLast(4) + ".pub.pem"], code: "subject_unknown"))
        _ = try run.subject(["enterprise", "register", "--uscc", other, "--name", "乙公司"])
        #expect(
            try run.isRefused(
                ["enterprise", "key", "add", other, "--key", key.dropLast(4) + ".pub.pem"],
                code: "key_status_refused"))
        // The key is valid, but belongs to another actor than the event's.
        #expect(
            try run.isRefused(
                ["event", "append", object, "--step", "inspecting", "--actor", other, "--actor-key", key],
                code: "actor_signature"))
        #expect(
            try run.isRefused(
                ["event", "append", object, "--step", "inspecting", "--actor-key", key], code: "actor_missing"))
        try run.answer(append(object))
        #expect(try run.isRefused(["enterprise", "key", "revoke", SuishenRun.uscc, "00"], code: "key_invalid"))
        let answer = try run.answer(["enterprise", "key", "revoke", SuishenRun.uscc, identifier, "--reason", "lost"])
        #expect(answer["status"] == "revoked")
        #expect(try run.isRefused(append(object), code: "key_revoked"))
        #expect(
            try run.isRefused(
                ["enterprise", "key", "add", SuishenRun.uscc, "--key", key.dropLast(4) + ".pub.pem"],
                code: "key_status_refused"))
        let list = try run.answer(["enterprise", "key", "list", SuishenRun.uscc])["keys"]?.array ?? []
        #expect(list.map { $0["status"] } == ["revoked"] && list.first?["key"]?.string == identifier)
        let report = try audit()
        #expect(report["verdict"] == "intact" && report["events"] == 1, "events signed before stay valid")
    }

    @Test("gets the first answer again for the same idempotency key, though it is signed anew")
    func repeated() throws {
        _ = try register(key)
        let first = try run.answer(append(object, ["--idempotency-key", "once"]))
        #expect(try run.answer(append(object, ["--idempotency-key", "once"])) == first)
        #expect(
            try run.isRefused(
                append(object, ["--idempotency-key", "once", "--field", "a=b"]), code: "idempotency_mismatch"))
        #expect(try audit()["events"] == 1)
    }

    @Test("gets its place from the daemon while others append to the same object")
    func concurrent() async throws {
        _ = try register(key)
        let socket = run.folder("socket")
        let daemon = try RunningProgram("suishend", ["--state", run.folder("state"), "--socket", socket])
        try RunningProgram.waitForSocket(socket)
        let (roundCount, writerCount) = (6, 3)
        let signed = append(object) + ["--socket", socket, "--json"]
        let plain = ["event", "append", object, "--step", "repairing", "--socket", socket, "--json"]
        let statuses = try await withThrowingTaskGroup(of: [Int32].self) { group in
            for writer in 0..<writerCount {
                group.addTask {
                    try (0..<roundCount).map { _ in
                        try Program("suishen").run(writer == 0 ? plain : signed).status
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(statuses == [Int32](repeating: 0, count: roundCount * writerCount))
        let batched = try Program("suishen").run(
            ["event", "append", "--actor-key", key, "--from", "-", "--socket", socket, "--json"],
            input: batch([object, object]))
        #expect(batched.status == 0, "\(batched)")
        daemon.end(SIGTERM)
        let report = try audit()
        #expect(report["verdict"] == "intact" && report["events"]?.integer == Int64(roundCount * writerCount + 2))
    }
}
