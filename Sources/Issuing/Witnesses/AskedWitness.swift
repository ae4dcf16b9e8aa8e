import Encoding
import Platform
import Storage
import Synchronization
import TraceLog

/// One witness of one log, which is asked one question at a time on a thread of its own.
final class AskedWitness: Sendable {
    /// The limit of one exchange, from looking up the host's name to the last byte.
    static let timeoutMilliseconds = 5000
    /// The most bytes of signature lines: a few keys, post-quantum ones among them.
    private static let answerByteCountMax = 64 << 10
    /// The media type of a request's body; C2SP tlog-witness names none.
    private static let type = "text/plain; charset=utf-8"

    let key: NoteKey
    private let exchange: HTTPExchange
    private let tree: WitnessedTree
    private let turns: WorkInTurn
    private let standing = Mutex(WitnessStanding())

    init(_ key: NoteKey, at endpoint: HTTPEndpoint, of tree: WitnessedTree) {
        (self.key, self.tree) = (key, tree)
        exchange = HTTPExchange(endpoint: endpoint, timeoutMilliseconds: Self.timeoutMilliseconds)
        turns = WorkInTurn(label: "witness")
    }

    /// A cosignature, or the reason why there is none.
    enum Outcome: Sendable {
        case cosigned(SignedNote.Signature, isAgain: Bool)
        case failed(WitnessTrouble, isNew: Bool)
    }

    /// Begins to ask for a cosignature.
    ///
    /// - Parameters:
    ///   - note: the checkpoint with the log's signature.
    ///   - checkpoint: the note's statement, whose tiles are written.
    ///   - nowSeconds: the clock, in seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the running request; nil while the witness is being asked, rests after a failure, or has just
    ///   cosigned this checkpoint.
    func ask(
        for note: SignedNote, _ checkpoint: Checkpoint, nowSeconds: @escaping @Sendable () -> UInt64
    ) -> Task<Outcome, Never>? {
        let isDue = standing.withLock { standing in
            if let (_, time) = note.newestCosignature(by: key, in: CosignaturePeriod(now: nowSeconds())) {
                standing.recall(checkpoint, at: time, now: .now)
            }
            guard standing.isDue(checkpoint, at: .now) else { return false }
            standing.begin()
            return true
        }
        guard isDue else { return nil }
        return Task {
            do {
                let found = try await turns.run { [self] in
                    try cosignature(of: note, checkpoint, nowSeconds: nowSeconds)
                }
                let isAgain = standing.withLock { $0.succeed(checkpoint, at: found.time, now: .now) }
                return .cosigned(found.line, isAgain: isAgain)
            } catch {
                let trouble = error as? WitnessTrouble ?? WitnessTrouble(.failed)
                return .failed(trouble, isNew: standing.withLock { $0.fail(trouble.code, now: .now) })
            }
        }
    }

    /// Fetches the witness's copy of this log's checkpoint, and compares it with the log.
    ///
    /// - Parameter published: the newest checkpoint whose tiles are written; nil before the first.
    /// - Returns: the proof that the log was cut or forked; nil where the witness shows none.
    func contradiction(published: Checkpoint?) async -> LogError? {
        try? await turns.run { [self] in try contradictionNow(published: published) }
    }

    func json(log: String, at now: UInt64) -> JSONValue {
        standing.withLock { $0.json(log: log, name: key.name, at: now) }
    }

    /// The size that the witness cosigned last and the time of that; nil while none is known.
    var cosigned: (size: UInt64, time: UInt64)? {
        standing.withLock { standing in
            guard let size = standing.size, let time = standing.cosignedAt else { return nil }
            return (size, time)
        }
    }

    var trouble: String? { standing.withLock { $0.trouble } }

    private func cosignature(
        of note: SignedNote, _ checkpoint: Checkpoint, nowSeconds: () -> UInt64
    ) throws -> (line: SignedNote.Signature, time: UInt64) {
        var oldSize = min(standing.withLock { $0.size } ?? 0, checkpoint.size)
        for isLast in [false, true] {
            let request = try CosigningRequest(
                oldSize: oldSize, path: tree.path(from: oldSize, to: checkpoint),
                note: note.keeping(signaturesOf: [tree.key]))
            let answer = try post(request)
            switch answer.status {
            case 200:
                let period = CosignaturePeriod(now: nowSeconds())
                guard let found = note.cosignature(inAnswer: answer.body, by: key, in: period) else {
                    throw WitnessTrouble(.cosignatureInvalid)
                }
                return found
            case 409:
                guard let size = WitnessAnswer.size(inConflict: answer.body) else { throw WitnessTrouble(.failed) }
                if !isLast, size <= checkpoint.size, size != oldSize {
                    oldSize = size
                    continue
                }
                try refuseContradiction(checkpoint)
                throw WitnessTrouble(size > checkpoint.size ? .ahead : .proofRefused)
            case 422:
                try refuseContradiction(checkpoint)
                throw WitnessTrouble(.proofRefused)
            default: throw WitnessTrouble(status: answer.status)
            }
        }
        throw WitnessTrouble(.failed)
    }

    private func post(_ request: CosigningRequest) throws(WitnessTrouble) -> HTTPResponse {
        do throws(HTTPExchangeError) {
            return try exchange.post(
                path: "/add-checkpoint", publicBody: request.bytes, type: Self.type,
                byteCountMax: Self.answerByteCountMax)
        } catch {
            throw WitnessTrouble(error)
        }
    }

    private func refuseContradiction(_ published: Checkpoint) throws {
        if let error = try contradictionNow(published: published) { throw WitnessTrouble(contradiction: error) }
    }

    private func contradictionNow(published: Checkpoint?) throws -> LogError? {
        let path = "/\(WitnessState.name(of: tree.key.name))/checkpoint"
        guard let answer = try? exchange.get(path: path, byteCountMax: SignedNote.byteCountMax), answer.status == 200
        else { return nil }
        return try tree.contradiction(in: answer.body, published: published, from: key.name)
    }
}
