import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A batch from a file or a pipe")
struct BatchRequestTests {
    private let run: SuishenRun

    init() throws {
        run = try SuishenRun()
    }

    private func subjectCount() throws -> Int {
        try run.run(["audit"]).output.split(separator: "\n").count { $0.contains("object.register") }
    }

    @Test("takes no idempotency key, with a daemon or without")
    func idempotencyKey() throws {
        let object = #"{"kind": "object", "manager": "\#(SuishenRun.uscc)", "category": "park"}"#
        let lines = Array(Array(repeating: object, count: 3).joined(separator: "\n").utf8)
        let words = ["object", "register", "--from", "-", "--idempotency-key", "one"]
        #expect(try run.isRefused(words, code: "usage", status: 64, input: lines))
        let daemon = try RunningProgram("suishend", ["--state", run.folder("state")])
        try RunningProgram.waitForSocket(run.folder("state/run/suishend.sock"))
        #expect(try run.isRefused(words, code: "usage", status: 64, input: lines))
        #expect(try subjectCount() == 0)
        daemon.end(SIGTERM)
        #expect(try subjectCount() == 0)
    }

    @Test("gives each line the time of its arrival")
    func time() throws {
        let order = #"{"subject": "\#(try run.person())", "kind": "timed", "lifetime": 20}"# + "\n"
        let pipe = run.folder("pipe")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let answers = run.folder("answers")
        // Opened for reading and writing: opened for one of them, a pipe waits for its other end.
        let input = unsafe open(pipe, O_RDWR | O_CLOEXEC)
        try #require(input >= 0)
        let program = try RunningProgram(
            "suishen", ["issue", "--from", "-", "--state", run.folder("state")], input: pipe, output: answers)
        func send() { _ = unsafe write(input, order, order.utf8.count) }
        send()
        while try lines(of: answers).isEmpty { usleep(10_000) }
        let before = Glibc.time(nil)
        while Glibc.time(nil) <= before { usleep(50_000) }
        send()
        close(input)
        program.wait()
        let last = try #require(try lines(of: answers).last)
        let expiry = try JSONValue.parse(Array(last.utf8), byteCountMax: 1 << 16)["expiresAt"]?.integer
        #expect(try #require(expiry) >= Int64(before) + 21)
    }

    private func lines(of path: String) throws -> [Substring] {
        guard ProjectFiles.exists(path) else { return [] }
        return String(decoding: try ProjectFiles.bytes(path), as: UTF8.self).split(separator: "\n")
    }
}
