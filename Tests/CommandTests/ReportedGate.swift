import Encoding
import Gate
import Glibc
import TestSupport
import Testing

/// An enrolled gate of an installation with a daemon, and a server through which it fetches and reports.
struct ReportedGate {
    static let start: UInt64 = 1_790_000_000

    let issuer: SuishenRun
    let clock: SetClock
    let server: ReportServer
    let gate: String
    private let daemon: Daemon

    var bundle: String { issuer.folder("bundle") }
    var state: String { issuer.folder("gate") }
    var socket: String { issuer.folder("run/socket") }

    /// A daemon under the test's clock, killed when the test lets go of it.
    final class Daemon {
        private let program: PipedProgram

        init(_ issuer: SuishenRun, socket: String, clock: SetClock) throws {
            program = try PipedProgram(
                "suishend", ["--state", issuer.folder("state"), "--socket", socket], clock: clock)
            try RunningProgram.waitForSocket(socket)
        }

        func stop() { if program.process > 0 { _ = program.end(by: SIGTERM) } }

        deinit { stop() }
    }

    init(_ suite: String = "ed25519") throws {
        issuer = try SuishenRun(suite: suite, at: Self.start)
        clock = try SetClock(at: Self.start + 20)
        for name in ["bundle", "run"] { unsafe mkdir(issuer.folder(name), 0o755) }
        unsafe mkdir(issuer.folder("gate"), 0o700)
        try issuer.answer(["publish", "--out", issuer.folder("tree"), "--at", "\(Self.start)"])
        let request = try Self.enrolled(issuer, clock)
        let file = try issuer.folder.write(request, to: "request.json")
        let order = ["gate", "register", file, "--scene", "metro-gate", "--site", "hall", "--at", "\(Self.start + 1)"]
        gate = try #require(try issuer.answer(order)["gate"]?.string)
        let socket = issuer.folder("run/socket")
        daemon = try Daemon(issuer, socket: socket, clock: clock)
        server = try ReportServer(tree: issuer.folder("tree"), daemon: socket)
    }

    private static func enrolled(_ issuer: SuishenRun, _ clock: SetClock) throws -> [UInt8] {
        let outcome = try Program(path: "/usr/bin/env").run(
            clock.words.dropFirst() + [
                Program("verify").path, "enrol", "--bundle", issuer.folder("tree"), "--name", "a", "--state",
                issuer.folder("gate"),
            ])
        try #require(outcome.status == 0, "\(outcome)")
        return Array(outcome.output.utf8)
    }

    /// Ends the daemon, so that another one can serve the installation.
    func stopDaemon() { daemon.stop() }

    /// The words of `verify sync` for this gate.
    func words(_ options: [String] = []) throws -> [String] {
        let root = try ProjectFiles.bytes(issuer.folder("tree/root.pem"))
        try issuer.folder.write(root, to: "root.pem")
        return [
            "sync", "--bundle", bundle, "--from", server.address, "--state", state, "--root",
            issuer.folder("root.pem"), "--report",
        ] + options
    }

    /// Fetches and reports once, a given number of seconds after the start.
    func sync(at seconds: UInt64, _ options: String...) throws -> Program.Outcome {
        try clock.set(Self.start + seconds)
        return try Program(path: "/usr/bin/env").run(
            clock.words.dropFirst() + [Program("verify").path] + words(options))
    }

    /// The content of the newest report that the daemon has; nil for none.
    func kept() throws -> JSONValue? {
        let outcome = try Program("suishen").run(["gate", "show", gate, "--socket", socket, "--json"])
        try #require(outcome.status == 0, "\(outcome)")
        return outcome.result?["report"]?["content"]
    }

    /// Lets a running gate decide about texts, and ends it; gives its verdicts.
    @discardableResult
    func stream(_ texts: [String]) throws -> [JSONValue] {
        let stream = try PipedProgram("verify", streamWords, clock: clock)
        try stream.write(Array(texts.map { $0 + "\n" }.joined().utf8))
        let verdicts = try texts.map { _ in try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16) }
        _ = stream.finish()
        return verdicts
    }

    var streamWords: [String] {
        [
            "--bundle", bundle, "--state", state, "--root", issuer.folder("root.pem"), "--scene", "object-inspection",
            "--stream",
        ]
    }
}
