import Encoding
import Platform
import Signing
import Storage
import Synchronization
import TraceLog

/// The witnesses that one log asks to cosign its checkpoints (C2SP tlog-witness).
///
/// Every witness has a thread of its own. A witness that is down or slow delays a checkpoint by at most
/// ``waitMilliseconds`` now and then, and never an append's answer.
final class LogWitnesses: CheckpointCosigners {
    /// The longest time for which a checkpoint waits for a quorum.
    static let waitMilliseconds = 1000
    /// The longest time that a start waits for the witnesses' copies of the checkpoint.
    static let comparisonSeconds: Int64 = 3
    /// The texts whose cosignatures are kept: the published one, and the one that waits.
    private static let textCountMax = 2

    /// The policy without URLs.
    let auditorText: String
    private let policy: WitnessPolicy
    private let witnesses: [AskedWitness]
    private let tree: WitnessedTree
    private let nowSeconds: @Sendable () -> UInt64
    private let events: Events
    private let gathered = Mutex<[(text: String, lines: [[UInt8]: SignedNote.Signature])]>([])

    /// What the log hears of its witnesses.
    struct Events: Sendable {
        /// A cosignature has come.
        let cosigned: @Sendable () -> Void
        /// A witness has shown that the log was cut or forked.
        let contradicted: @Sendable (LogError) -> Void
        /// A witness fails for another reason than before, or cosigns again.
        let changed: @Sendable (WitnessChange) -> Void
    }

    /// - Parameters:
    ///   - file: the policy and the addresses of its witnesses.
    ///   - tree: the log.
    ///   - nowSeconds: the clock, in seconds since 1970-01-01T00:00:00Z.
    ///   - events: what the log hears.
    init(
        _ file: WitnessFile, of tree: WitnessedTree, nowSeconds: @escaping @Sendable () -> UInt64, events: Events
    ) {
        (policy, auditorText) = (file.policy, file.auditorText)
        witnesses = file.addresses.map { AskedWitness($0.key, at: $0.endpoint, of: tree) }
        (self.tree, self.nowSeconds, self.events) = (tree, nowSeconds, events)
    }

    func cosigned(_ note: SignedNote) async -> SignedNote {
        keep(note.text)
        let (answers, answer) = AsyncStream.makeStream(of: Void.self)
        var left = ask(for: note) { answer.yield() }
        let limit = Task {
            try? await Task.sleep(for: .milliseconds(Self.waitMilliseconds))
            answer.finish()
        }
        defer { limit.cancel() }
        var answering = answers.makeAsyncIterator()
        var cosigned = note
        while left > 0, !isQuorumMet(by: cosigned), await answering.next() != nil {
            left -= 1
            cosigned = merged(into: note) ?? note
        }
        return cosigned
    }

    func look(at note: SignedNote) {
        keep(note.text)
        _ = ask(for: note) {}
    }

    func merged(into note: SignedNote) -> SignedNote? {
        let lines = gathered.withLock { gathered in gathered.first { $0.text == note.text }?.lines ?? [:] }
        var merged = note
        for witness in witnesses {
            guard let line = lines[witness.key.key.raw], !merged.signatures.contains(line) else { continue }
            merged = merged.replacing(line)
        }
        return merged == note ? nil : merged
    }

    /// Compares the log with the checkpoints that its witnesses keep.
    ///
    /// - Parameter published: the newest published checkpoint; nil before the first.
    /// - Returns: the first proof that this copy of the log was cut or forked; nil where no witness shows one in time.
    func contradiction(published: Checkpoint?) async -> LogError? {
        let (answers, answer) = AsyncStream.makeStream(of: LogError?.self)
        for witness in witnesses {
            Task { answer.yield(await witness.contradiction(published: published)) }
        }
        let limit = Task {
            try? await Task.sleep(for: .seconds(Self.comparisonSeconds))
            answer.finish()
        }
        defer { limit.cancel() }
        var answering = answers.makeAsyncIterator()
        for _ in witnesses {
            guard let found = await answering.next() else { return nil }
            if let found { return found }
        }
        return nil
    }

    /// Each witness's last size, the age of that cosignature and the last error.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: one object for each witness.
    func json(at now: UInt64) -> [JSONValue] {
        witnesses.map { $0.json(log: tree.key.name, at: now) }
    }

    /// The counts of each witness.
    var tally: [WitnessTally] {
        witnesses.map {
            WitnessTally(
                log: tree.key.name, name: $0.key.name, size: $0.cosigned?.size, cosignedAt: $0.cosigned?.time,
                trouble: $0.trouble)
        }
    }

    /// Whether the witnesses that cosigned when they were asked last suffice.
    var isQuorumUp: Bool {
        policy.isMet(by: Set(witnesses.filter { $0.trouble == nil && $0.cosigned != nil }.map(\.key.key.raw)))
    }

    /// Asks every witness that is due.
    ///
    /// - Parameters:
    ///   - note: the checkpoint with the log's signature.
    ///   - ended: runs after each request.
    /// - Returns: the number of requests.
    private func ask(for note: SignedNote, ended: @escaping @Sendable () -> Void) -> Int {
        guard let checkpoint = try? Checkpoint(text: note.text) else { return 0 }
        var count = 0
        for witness in witnesses {
            guard let request = witness.ask(for: note, checkpoint, nowSeconds: nowSeconds) else { continue }
            count += 1
            Task {
                switch await request.value {
                case .cosigned(let line, let isAgain):
                    take(line, of: witness, note.text)
                    if isAgain { events.changed(change(of: witness, code: nil)) }
                    events.cosigned()
                case .failed(let trouble, let isNew):
                    if let error = trouble.contradiction { events.contradicted(error) }
                    if isNew { events.changed(change(of: witness, code: trouble.code)) }
                }
                ended()
            }
        }
        return count
    }

    private func change(of witness: AskedWitness, code: String?) -> WitnessChange {
        WitnessChange(log: tree.key.name, name: witness.key.name, code: code)
    }

    private func isQuorumMet(by note: SignedNote) -> Bool {
        policy.isMet(by: policy.judge(note, logKey: tree.key, period: CosignaturePeriod(now: nowSeconds())))
    }

    private func keep(_ text: String) {
        gathered.withLock { gathered in
            guard !gathered.contains(where: { $0.text == text }) else { return }
            gathered = gathered.suffix(Self.textCountMax - 1) + [(text, [:])]
        }
    }

    private func take(_ line: SignedNote.Signature, of witness: AskedWitness, _ text: String) {
        gathered.withLock { gathered in
            guard let place = gathered.firstIndex(where: { $0.text == text }) else { return }
            gathered[place].lines[witness.key.key.raw] = line
        }
    }
}

/// What the counts say of one witness.
package struct WitnessTally: Sendable {
    package let log: String
    package let name: String
    /// The size that it cosigned last; nil while none is known.
    package let size: UInt64?
    /// The time of that cosignature, in seconds since 1970-01-01T00:00:00Z.
    package let cosignedAt: UInt64?
    /// Why the last request failed; nil after a success.
    package let trouble: String?
}
