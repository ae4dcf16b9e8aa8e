import CommandSupport
import Glibc
import TraceLog

/// One log of the witness; its requests are judged one after another.
actor KnownLog {
    private var log: WitnessedLog
    private var state: WitnessState
    private let place: String
    private let folder: String
    private let signer: WitnessSigner

    init(_ log: WitnessedLog, _ state: WitnessState, at place: String, in folder: String, signer: WitnessSigner) {
        var log = log
        if let checkpoint = state.checkpoint { log.accept(checkpoint) }
        (self.log, self.state) = (log, state)
        (self.place, self.folder, self.signer) = (place, folder, signer)
    }

    /// The newest cosigned checkpoint with the log's signature and this witness's; nil before the first.
    var cosigned: [UInt8]? { state.note?.bytes }

    /// Judges a request, and cosigns its checkpoint.
    ///
    /// The checkpoint is on the disk before its cosignature leaves, so that no later start cosigns a fork of it.
    ///
    /// - Parameters:
    ///   - request: the checkpoint with its proof.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the cosignature, or the refusal.
    /// - Throws: when the state cannot be written or nothing can be signed; nothing is cosigned then.
    func answer(_ request: CosigningRequest, at now: UInt64) throws -> WitnessAnswer {
        if let refusal = log.refusal(of: request) {
            if refusal == .inconsistent { keepEvidence(request) }
            return refusal
        }
        // A cosignature says that no larger tree was seen by its time (C2SP tlog-cosignature).
        if let last = state.note?.cosignatureTimes(by: signer.noteKey)?.max(), now < last {
            throw CommandError(
                code: "clock_before_cosignature", reason: "the clock is \(last - now) s before the last cosignature",
                hint: "set the clock; nothing is cosigned until then")
        }
        let lines = try signer.cosignature(of: request.note, at: now)
        var note = request.note.keeping(signaturesOf: [log.key])
        for line in lines { note.add(line) }
        let state = try WitnessState(origin: log.origin, note: note)
        try OutputFile.write(state.bytes, to: place)
        try OutputFile.sync(folder: folder)
        self.state = state
        log.accept(request.checkpoint)
        return .cosigned(lines)
    }

    /// Keeps the first checkpoint with the log's own signature that contradicts the cosigned one: both prove a fork, or a
    /// wrong proof.
    private func keepEvidence(_ request: CosigningRequest) {
        guard unsafe access(evidence, F_OK) != 0 else { return }
        do {
            try OutputFile.write(request.bytes, to: evidence)
            Diagnostics(command: WitnessServeCommand.name).warn(
                "\(log.origin) sent a checkpoint that does not extend the cosigned one; \(evidence) keeps the request")
        } catch {
            Diagnostics(command: WitnessServeCommand.name).report(error)
        }
    }

    private var evidence: String { place + ".evidence" }
}
