import Encoding
import Glibc
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import TraceLog

/// A `chain-verify witness --serve` process that knows one log.
final class WitnessProcess {
    let name: String
    let key: NoteKey
    private let folder: ScratchFolder
    private let keyPath: String
    private let logs: String
    private let clock: SetClock?
    private var program: PipedProgram?
    private(set) var port = 0

    /// Begins a witness's memory of a log, and serves.
    ///
    /// - Parameters:
    ///   - name: the witness's name.
    ///   - log: the log's key, whose name is its origin.
    ///   - clock: the witness's clock; nil for the machine's.
    /// - Throws: when it does not start.
    init(_ name: String, of log: NoteKey, clock: SetClock? = nil) throws {
        self.name = name
        self.clock = clock
        folder = try ScratchFolder()
        let signing = try SigningKey.generate(.ed25519)
        key = try NoteKey(name: name, kind: .cosignature, key: signing.verificationKey)
        keyPath = try folder.write(signing.pem(), to: "key.pem", mode: 0o400)
        logs = try folder.write(Array("\(log.vkey)\n".utf8), to: "logs")
        guard unsafe mkdir(folder("state"), 0o700) == 0 else { throw MissingFile(path: folder("state")) }
        let begun = try Program("chain-verify").run(words(at: 0) + ["--begin"])
        guard begun.status == 0 else { throw MissingFile(path: begun.diagnostics) }
        try start()
    }

    private func words(at port: Int) -> [String] {
        [
            "witness", "--serve", "127.0.0.1:\(port)", "--state-dir", folder("state"), "--key", keyPath, "--logs", logs,
            "--name", name,
        ]
    }

    /// Serves, at the same port as before.
    func start() throws {
        let program = try PipedProgram("chain-verify", words(at: port), clock: clock)
        let line = String(decoding: try program.readLine(), as: UTF8.self)
        guard let text = line.split(separator: ":").last, let port = Int(text) else { throw MissingFile(path: line) }
        (self.program, self.port) = (program, port)
    }

    /// Ends the process by a signal; gives its status, or 128 and the signal.
    @discardableResult
    func end(_ signal: Int32) -> Int32? {
        defer { program = nil }
        return program?.end(by: signal)
    }

    var process: pid_t { program?.process ?? 0 }
    var url: String { "http://127.0.0.1:\(port)" }

    /// The path of the log's state file.
    func statePath(of log: NoteKey) -> String { folder("state/\(WitnessState.name(of: log.name))") }

    func write(_ state: [UInt8], toStateOf log: NoteKey) throws {
        try folder.write(state, to: "state/\(WitnessState.name(of: log.name))")
    }

    /// The newest checkpoint that it has cosigned.
    func newest(of log: NoteKey) throws -> Checkpoint? {
        try WitnessState(bytes: ProjectFiles.bytes(statePath(of: log))).checkpoint
    }

    /// Posts a request; gives the status, the type and the body.
    func post(_ body: [UInt8], path: String = "/add-checkpoint") throws -> (status: String, type: String, body: String)
    {
        let file = try folder.write(body, to: "body")
        let outcome = try HTTPDaemon.run([
            "curl", "-s", "-w", "\n%{http_code} %{content_type}", "--data-binary", "@\(file)", url + path,
        ])
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        let last = (lines.last ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        return (last.first ?? "", last.count > 1 ? last[1] : "", lines.dropLast().joined(separator: "\n"))
    }
}

/// A daemon whose settings name witnesses.
final class WitnessedDaemon {
    let installation: Installation
    let log: NoteKey
    private(set) var daemon: HTTPDaemon?

    init() throws {
        installation = try Installation.patient()
        let vkey = try installation.state.logKey(of: Settings(contentsOf: installation.state.settings))
        log = try NoteKey(vkey: vkey)
    }

    /// Writes the policy and starts the daemon.
    ///
    /// - Parameters:
    ///   - witnesses: each one's key and URL.
    ///   - quorum: how many must have cosigned.
    /// - Throws: when the daemon does not start.
    func start(_ witnesses: [(key: NoteKey, url: String)], quorum: Int) throws {
        try write(witnesses, quorum: quorum)
        if let daemon { try daemon.start() } else { daemon = try HTTPDaemon(installation) }
    }

    func write(_ witnesses: [(key: NoteKey, url: String)], quorum: Int) throws {
        let lines = witnesses.enumerated().map { "witness w\($0.offset) \($0.element.key.vkey) \($0.element.url)\n" }
        let names = witnesses.indices.map { "w\($0)" }.joined(separator: " ")
        let policy = "log \(log.vkey)\n\(lines.joined())group all-of-them \(quorum) \(names)\nquorum all-of-them\n"
        var settings = try Settings(contentsOf: installation.state.settings)
        settings.witnesses = try installation.folder.write(Array(policy.utf8), to: "policy")
        try installation.write(settings)
    }

    func end(_ signal: Int32) -> Int32? { daemon?.end(signal) }

    /// What the daemon has said on stderr.
    func diagnostics() throws -> String { try daemon?.diagnostics ?? "" }

    /// Waits until the published checkpoint holds.
    func checkpoint(where holds: (SignedNote, Checkpoint) -> Bool) throws -> SignedNote {
        for _ in 0..<6000 {
            let note = try published()
            if holds(note, try Checkpoint(text: note.text)) { return note }
            usleep(10_000)
        }
        throw MissingFile(path: "a checkpoint: \(String(decoding: try published().bytes, as: UTF8.self))")
    }

    func published() throws -> SignedNote {
        try SignedNote(bytes: ProjectFiles.bytes(installation.state.log + "/checkpoint"))
    }

    /// The health's object for the witness with this name.
    func health(of name: String) throws -> JSONValue? {
        let outcome = try HTTPDaemon.run([
            "curl", "-s", "--unix-socket", installation.state.socket, "http://suishend/v1/health",
        ])
        let health = try JSONValue.parse(outcome.output.utf8, byteCountMax: 1 << 20)
        return health["witnesses"]?.array?.first { $0["name"]?.string == name }
    }

    /// Waits until a witness's error is this one.
    func waitForError(_ code: String?, of name: String) throws {
        for _ in 0..<6000 {
            if try health(of: name)?["error"]?.string == code { return }
            usleep(10_000)
        }
        throw MissingFile(path: "\(code ?? "no error") of \(name): \(try health(of: name)?.encoded() ?? "none")")
    }

    /// Audits the published log by the daemon's policy.
    func audit(_ words: [String] = []) throws -> (status: Int32, output: String) {
        let outcome = try Program("chain-verify").run(
            ["audit", installation.state.log, "--witness-policy", installation.folder("policy")] + words)
        return (outcome.status, outcome.output)
    }
}

extension SignedNote {
    /// Whether a witness has cosigned it, at about the machine's time.
    func isCosigned(by key: NoteKey) -> Bool {
        newestCosignature(by: key, in: CosignaturePeriod(now: UInt64(time(nil)))) != nil
    }
}
