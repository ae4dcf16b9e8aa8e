import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import Platform
import Signing
import TraceLog

/// `chain-verify witness LOG`, and `chain-verify witness --serve`.
struct WitnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness", abstract: "Cosign a checkpoint that extends the remembered one.",
        usage: """
            chain-verify witness LOG --state FILE --key KEY --out FILE [--log-key VKEY] [--name NAME]
            chain-verify witness --serve ADDRESS --state-dir DIR --key KEY --logs FILE [--name NAME] [--begin]
            """,
        discussion: """
            With --serve it cosigns the checkpoints that logs send to it (C2SP tlog-witness), until SIGTERM; nginx faces \
            the network.
            """)

    @Argument(help: "A directory in tlog-tiles layout, a daemon's socket, or an http(s) URL; not with --serve.")
    var log: String?

    @Option(help: "The file in which this witness remembers the log's newest checkpoint; made on first use.")
    var state: String?

    @Option(help: "The witness's private key, Ed25519, PEM.")
    var key: String

    @Option(help: "The file for the cosigned checkpoint.")
    var out: String?

    @OptionGroup var server: WitnessServerOptions

    @Option(help: "The log's verifier key; required on first use, remembered afterwards.")
    var logKey: String?

    @Option(help: "The witness's name in its cosignature.")
    var name = "witness"

    @Option(help: "Unix time in seconds, in place of the clock.")
    var at: UInt64?

    @OptionGroup var origin: OriginArgument
    @OptionGroup var output: ProofOutput

    func validate() throws {
        try server.validate(besides: [log, state, out, logKey, origin.origin].contains { $0 != nil } || at != nil)
        guard server.serve == nil else { return }
        guard log != nil, state != nil, out != nil else {
            throw ValidationError("give LOG, --state and --out, or --serve")
        }
    }

    func run() throws {
        if let arguments = server.arguments(key: key, name: name) { try WitnessServer.become(arguments) }
        guard let log, let state, let out else { return }
        try WitnessRun(
            log: log, state: state, key: key, out: out, logKey: logKey, name: name, at: at ?? WallClock.seconds(),
            origin: origin, output: output
        ).run()
    }
}

/// One cosignature of one log's checkpoint.
private struct WitnessRun {
    let log: String
    let state: String
    let key: String
    let out: String
    let logKey: String?
    let name: String
    /// Seconds since 1970-01-01T00:00:00Z.
    let at: UInt64
    let origin: OriginArgument
    let output: ProofOutput

    func run() throws {
        // Without the lock, two processes could cosign two different logs that both extend the remembered checkpoint.
        let lock = try AuditStateLock.take(state)
        defer { withExtendedLifetime(lock) {} }
        let remembered = try LogArguments.state(at: state)
        guard let known = try logKey.map({ try LogArguments.key($0) }) ?? remembered?.key else {
            throw CommandError(
                code: "key_missing", reason: "the log's key is neither given nor remembered",
                hint: "give --log-key VKEY on first use", status: .usage)
        }
        let source = LogSource(log)
        let note = try served(source)
        guard note.isSigned(by: known) else {
            throw refusal("checkpoint_signature", "the checkpoint is not signed by the log's key")
        }
        let statement = try CommandError.naming(log) { () throws(TraceLogError) in try Checkpoint(text: note.text) }
        // A remembered checkpoint was compared with the key's name or with --origin on first use.
        if remembered == nil || origin.origin != nil, !origin.matches(statement, signedBy: known) {
            throw CommandError(
                code: "checkpoint_signature", reason: "\(log): the checkpoint belongs to the log \(statement.origin)",
                hint: OriginArgument.hint, status: .failure)
        }
        if let remembered { try check(remembered.checkpoint, statement, source) }
        let signer = try signingKey()
        var cosigned = note
        try CommandError.naming(key) { () throws(TraceLogError) in
            try cosigned.cosign(name: name, key: signer, at: at)
        }
        let kept = try CommandError.naming(state) { () throws(TraceLogError) in
            try AuditState(key: known, auditedEntryCount: remembered?.auditedEntryCount ?? 0, note: note)
        }
        // The state is written first: after a crash between the two, no older checkpoint may be cosigned.
        try OutputFile.write(kept.bytes, to: state)
        try OutputFile.write(cosigned.bytes, to: out)
        output.print(
            "cosigned \(statement.origin) at \(statement.size)", statement, ["origin": .string(statement.origin)])
    }

    private func served(_ source: LogSource) throws -> SignedNote {
        let bytes: [UInt8]?
        do {
            bytes = try source.read("checkpoint", byteCountMax: SignedNote.byteCountMax)
        } catch {
            throw CommandError(undecided: error)
        }
        guard let bytes else {
            throw CommandError(
                code: "input_unreadable", reason: "\(log) has no checkpoint", hint: "name a log in tlog-tiles layout")
        }
        return try CommandError.naming(log) { () throws(TraceLogError) in try SignedNote(bytes: bytes) }
    }

    /// Refuses a checkpoint that does not extend the remembered one, by a proof from the log's own tiles.
    private func check(_ old: Checkpoint, _ new: Checkpoint, _ source: LogSource) throws {
        guard new.isOf(old.origin) else { throw refusal("fork", "the log's origin has changed") }
        guard old.size <= new.size else {
            throw refusal(
                "checkpoint_rollback",
                "the checkpoint covers \(new.size) entries, and the remembered one covers \(old.size)")
        }
        var tiles = TileNodeSource(size: new.size, source: source)
        let proof: ConsistencyProof
        do {
            proof = try ConsistencyProof(oldSize: old.size, newSize: new.size, from: &tiles)
        } catch {
            throw CommandError(undecided: error, in: log)
        }
        guard proof.isValid(oldRoot: old.root, newRoot: new.root) else {
            throw refusal("fork", "the log does not begin with the \(old.size) entries of the remembered checkpoint")
        }
    }

    private func signingKey() throws -> SigningKey {
        do {
            return try SigningKey(contentsOf: key)
        } catch {
            throw CommandError(undecided: error)
        }
    }

    private func refusal(_ code: String, _ reason: String) -> CommandError {
        CommandError(
            code: code, reason: "\(log): \(reason)", hint: "keep both checkpoints: together they prove the tampering",
            status: .failure)
    }
}
