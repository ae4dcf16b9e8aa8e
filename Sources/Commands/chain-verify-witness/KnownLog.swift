import CommandSupport
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
        if let refusal = log.refusal(of: request) { return refusal }
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
}
