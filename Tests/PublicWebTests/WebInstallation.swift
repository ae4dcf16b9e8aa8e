import Encoding
import Glibc
import TestSupport
import Testing

/// An installation whose daemon publishes, and the pages of its codes, all made by the built commands.
final class WebInstallation {
    static let host = "code.test"
    static let uscc = "91350100M000100Y43"
    static let other = "91310000MA1FL0000N"

    let folder: ScratchFolder
    private let program = Program("suishen")
    private var daemon: RunningProgram?
    private(set) var web: WebProcess?

    /// Makes the installation, and starts its daemon and its pages.
    init(issuer: String = "SH", options: [String] = []) throws {
        folder = try ScratchFolder()
        try answer(["init", "--issuer", issuer, "--host", Self.host])
        unsafe mkdir(folder("tree"), 0o755)
        var settings = String(decoding: try ProjectFiles.bytes(folder("state/suishend.yaml")), as: UTF8.self)
        let line = try #require(settings.split(separator: "\n").first { $0.hasPrefix("publish:") })
        settings = settings.replacing(line, with: "publish: \(folder("tree"))")
        try folder.write(Array(settings.utf8), to: "state/suishend.yaml", mode: 0o600)
        try startDaemon()
        for _ in 0..<1200 where !ProjectFiles.exists(folder("tree/status/hot")) { usleep(25_000) }
        web = try start(options)
    }

    var socket: String { folder("state/run/suishend.sock") }

    func startDaemon() throws {
        daemon = try RunningProgram("suishend", ["--state", folder("state")])
        try RunningProgram.waitForSocket(socket)
    }

    func stopDaemon(by signal: Int32 = SIGKILL) {
        daemon?.end(signal)
        daemon = nil
    }

    /// Starts pages beside the first ones.
    func start(_ options: [String] = [], host: String = host) throws -> WebProcess {
        try WebProcess(
            ["serve", "--socket", socket, "--tree", folder("tree"), "--host", host, "--listen", "127.0.0.1:0"] + options
        )
    }

    /// Runs `suishen`, requires success, and reads its one answer.
    @discardableResult
    func answer(_ words: [String], input: [UInt8] = []) throws -> JSONValue {
        let outcome = try program.run(words + ["--state", folder("state"), "--json"], input: input)
        try #require(outcome.status == 0, "\(words) → \(outcome.diagnostics)")
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
    }

    func subject(_ words: [String]) throws -> String { try #require(try answer(words)["subject"]?.string) }

    func object(_ kind: String = "object", category: String = "elevator", _ more: [String] = []) throws -> String {
        try subject(
            ["object", "register", "--kind", kind, "--manager", Self.uscc, "--category", category] + more)
    }

    /// A new code of a subject, as the path of its page.
    func path(of subject: String) throws -> String {
        let text = try #require(try answer(["issue", subject])["text"]?.string)
        return "/" + text.split(separator: "/").suffix(2).joined(separator: "/")
    }

    @discardableResult
    func append(_ object: String, _ step: String, _ more: [String] = [], input: [UInt8] = []) throws -> Int64 {
        let words = ["event", "append", object, "--step", step, "--actor", Self.uscc] + more
        return try #require(try answer(words, input: input)["index"]?.integer)
    }

    /// Asks the first pages.
    func get(_ path: String, _ fields: [String: String] = [:], method: String = "GET") throws -> WireAnswer {
        try #require(web).get(path, fields, method: method)
    }

    /// Asks until the answer is as it should become, for half a minute at most.
    func eventually(
        _ path: String, _ fields: [String: String] = [:], _ isMet: (WireAnswer) -> Bool
    ) throws -> WireAnswer {
        var answer = try get(path, fields)
        for _ in 0..<300 where !isMet(answer) {
            usleep(100_000)
            answer = try get(path, fields)
        }
        return answer
    }
}

/// A running `suishen-web`.
final class WebProcess {
    let program: PipedProgram
    let port: UInt16
    /// The line with which it said that it serves.
    let ready: String

    init(_ words: [String]) throws {
        program = try PipedProgram("suishen-web", words)
        ready = String(decoding: try program.readLine(), as: UTF8.self)
        let address = ready.split(separator: " ").last { $0.hasPrefix("127.") && $0.contains(":") }
        let first = ready.split(separator: ",")[0].split(separator: ":").last
        port = try #require(first.flatMap { UInt16($0) } ?? address.flatMap { UInt16($0) }, "\(ready)")
    }

    /// One request on a connection of its own.
    func get(
        _ path: String, _ fields: [String: String] = [:], method: String = "GET", body: String = "",
        host: String = WebInstallation.host
    ) throws -> WireAnswer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if !body.isEmpty { head += "Content-Length: \(body.utf8.count)\r\n" }
        return try raw(head + "\r\n" + body)
    }

    func raw(_ text: String) throws -> WireAnswer {
        let connection = try WebConnection(port: port)
        connection.send(Array(text.utf8))
        return try #require(WireAnswer(connection.readToEnd()), "an answer to \(text.prefix(200))")
    }
}
