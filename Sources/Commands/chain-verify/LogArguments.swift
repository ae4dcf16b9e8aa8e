import ArgumentParser
import CommandSupport
import Glibc
import Platform
import TraceLog

/// The options of `audit` and `object`: what the log is compared with.
struct LogArguments: ParsableArguments {
    @Option(help: "The log's verifier key, as name+hash+base64, as a file that holds it, or - for stdin.")
    var key: String?

    @OptionGroup var origin: OriginArgument

    @Option(help: ArgumentHelp("A checkpoint that you trust; may be given again.", valueName: "file"))
    var anchor: [String] = []

    @Option(
        help: ArgumentHelp(
            "The trusted witnesses: a C2SP tlog-policy, or lines `witness NAME VKEY` and one `quorum N`.",
            valueName: "file"))
    var witnessPolicy: String?

    @Option(
        help: ArgumentHelp(
            "The longest time since a cosignature that counts for --witness-policy; one day by default.",
            valueName: "seconds"))
    var cosignedWithin: UInt64?

    @Option(help: "Unix time in seconds, in place of the clock.")
    var at: UInt64?

    @Option(help: "The file in which this auditor remembers the log's newest checkpoint; made on first use.")
    var state: String?

    @Option(help: "Which actors' signatures are checked: all, batch or none.")
    var signatures = AuditOptions.Signatures.all

    @Option(help: "Openings of personal fields, one JSON object of salt, name, value and index a line.")
    var openings: String?

    func validate() throws {
        guard cosignedWithin == nil || witnessPolicy != nil else {
            throw ValidationError("--cosigned-within is for --witness-policy")
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    var now: UInt64 { at ?? WallClock.seconds() }

    /// The options, with the remembered state.
    func options() throws -> AuditOptions {
        var options = AuditOptions()
        options.signatures = signatures
        let remembered = try rememberedState()
        options.remembered = remembered?.checkpoint
        options.auditedEntryCount = remembered?.auditedEntryCount ?? 0
        options.key = try key.map { try Self.key($0) } ?? remembered?.key
        try readPolicy(into: &options)
        options.origin = origin.origin
        options.anchors = try anchor.map { path in
            let bytes = try InputFile.read(path, byteCountMax: SignedNote.byteCountMax)
            return try CommandError.naming(path) { () throws(TraceLogError) in
                let note = try SignedNote(bytes: bytes)
                if let key = options.key, let other = try note.otherLog(than: key, Checkpoint(text: note.text)) {
                    throw TraceLogError(
                        code: .malformedCheckpoint, reason: other,
                        hint: "give the key and the checkpoint of one log: `suishen log key` prints that of the trace "
                            + "log, `suishen log key --log acts` that of the log of acts")
                }
                if let key = options.key, !note.isSigned(by: key) {
                    throw TraceLogError(
                        code: .malformedCheckpoint, reason: "the log's key has not signed this anchor",
                        hint: "give a checkpoint as the log published it")
                }
                return try Checkpoint(text: note.text)
            }
        }
        if let openings {
            let bytes = try InputFile.read(openings, byteCountMax: 1 << 30)
            if bytes.isEmpty {
                Diagnostics(command: "chain-verify").warn(
                    "\(openings) has no openings, so every personal field counts as lost or erased")
            }
            options.openings = try CommandError.naming(openings) { () throws(TraceLogError) in
                try OpeningIndex(lines: bytes)
            }
        }
        return options
    }

    /// Reads the witness policy, and takes the log's key from it where it names one log and no key is given.
    private func readPolicy(into options: inout AuditOptions) throws {
        guard let witnessPolicy else { return }
        let bytes = try InputFile.read(witnessPolicy, byteCountMax: 1 << 16)
        let policy = try CommandError.naming(witnessPolicy) { () throws(TraceLogError) in
            try WitnessPolicy(bytes: bytes)
        }
        if options.key == nil, policy.logs.count == 1 { options.key = policy.logs.first }
        if let key = options.key, !policy.isFor(key) {
            throw CommandError(
                code: "log_unlisted", reason: "\(witnessPolicy) does not list this log's key",
                hint: "give the policy of this log, or add its `log` line")
        }
        options.policy = policy
        options.cosignaturePeriod = CosignaturePeriod(
            now: now, seconds: cosignedWithin ?? CosignaturePeriod.defaultSeconds)
    }

    /// Remembers the checkpoint of a log without findings, by replacing the state file in one step.
    ///
    /// A first audit has nothing to compare the log with; its checkpoint is remembered for the next audit. A checkpoint
    /// that the witness policy does not confirm is not: later audits without the policy would trust it.
    /// `isReplayed` says whether the whole log was read; otherwise the earlier count of audited entries stays.
    func rememberIfIntact(
        _ report: AuditReport, _ note: SignedNote?, _ options: AuditOptions, isReplayed: Bool
    ) throws {
        guard let state, let note, report.findings.allSatisfy({ Self.isRememberable($0) }),
            options.policy?.isMet(by: report.cosignatures) ?? true
        else { return }
        let kept = try CommandError.naming(state) { () throws(TraceLogError) in
            try AuditState(
                key: options.key, auditedEntryCount: isReplayed ? report.size : options.auditedEntryCount, note: note)
        }
        let lock = try AuditStateLock.take(state)
        defer { withExtendedLifetime(lock) {} }
        // Another auditor may have remembered a checkpoint that this audit did not see; that one stays.
        guard try Self.state(at: state)?.checkpoint == options.remembered else { return }
        try OutputFile.write(kept.bytes, to: state)
    }

    /// Whether the finding leaves open only what the next audit can tell.
    private static func isRememberable(_ finding: AuditFinding) -> Bool {
        finding.code == .unanchored || finding.code == .headsUnaudited
    }

    private func rememberedState() throws -> AuditState? {
        guard let state else { return nil }
        return try LogArguments.state(at: state)
    }

    /// Reads a state file; nil when it does not exist yet.
    static func state(at path: String) throws -> AuditState? {
        // A file that exists and cannot be read is an error, not an empty state.
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        let bytes = try InputFile.read(path, byteCountMax: 2 * SignedNote.byteCountMax)
        return try CommandError.naming(path) { () throws(TraceLogError) in try AuditState(bytes: bytes) }
    }

    /// A verifier key, given as text or as a file's path.
    static func key(_ text: String) throws -> NoteKey {
        if let key = try? NoteKey(vkey: text) { return key }
        if unsafe text == "-" || access(text, R_OK) == 0 {
            let bytes = try InputFile.read(text, byteCountMax: 4096)
            let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
            return try CommandError.naming(text) { () throws(TraceLogError) in try NoteKey(vkey: line) }
        }
        do {
            return try NoteKey(vkey: text)
        } catch {
            throw CommandError(error, status: .usage)
        }
    }
}

extension AuditOptions.Signatures: ExpressibleByArgument {}
