import Encoding
package import Gate
package import GateRunning
import Platform
import Synchronization

/// The gate behind a kiosk's page: one view, one memory, one order of scans.
package final class KioskGate: Sendable {
    /// A page that sends no frame for this long has nothing in view.
    static let silenceMicroseconds: UInt64 = 5_000_000

    private struct State {
        var view: GateView
        var films = KioskFilms()
        var frameAt: UInt64 = 0
    }

    private let gate: RunningGate
    private let receipts: ReceiptKeeper?
    private let isRecording: Bool
    /// A random name of this run, by which the page sees that the server was started again.
    private let start: String
    private let now: @Sendable () -> UInt64
    private let state: Mutex<State>
    private let recent = Mutex(RecentVerdicts())

    /// - Parameters:
    ///   - gate: decides.
    ///   - receipts: keeps the receipts of accepted codes; nil for none.
    ///   - isRecording: whether an event is recorded for each accepted object code.
    ///   - start: a random name of this run.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    package init(
        _ gate: RunningGate, receipts: ReceiptKeeper?, isRecording: Bool, start: String,
        now: @escaping @Sendable () -> UInt64
    ) {
        (self.gate, self.receipts, self.isRecording) = (gate, receipts, isRecording)
        (self.start, self.now) = (start, now)
        state = Mutex(State(view: GateView(gate: gate, receipts: receipts)))
    }

    /// Decides as the page asks.
    ///
    /// It takes as long as the disk, or a service that the gate asks: it must not run on a server's loop.
    ///
    /// - Returns: the answer to the page.
    /// - Throws: `another_page`.
    func answer(_ order: KioskOrder) throws(WebError) -> JSONValue {
        // One scan after the other: the gate's memory takes them in their order.
        try state.withLock { state throws(WebError) in
            switch order {
            case .view(let observation, let film):
                let verdicts = try decide(on: observation, film, &state)
                note(verdicts)
                return [
                    "verdicts": .array(verdicts.map(\.json)), "inView": .integer(Int64(state.view.codeCount)),
                ]
            case .scan(let text):
                return single(digest: text) { gate, now in
                    guard text.count <= ScannedText.byteCountMax else {
                        let reason = "a text of more than \(ScannedText.byteCountMax) bytes"
                        return AssessedScan(refused: Refusal(.malformed, reason), scene: gate.scene.name)
                    }
                    return gate.assess(ScannedText(text), at: now)
                }
            case .photo(let codes, let unreadCount):
                return single(digest: nil) { gate, now in
                    guard !codes.isEmpty || unreadCount > 0 else {
                        return AssessedScan(
                            refused: Refusal(.noCode, "there is no QR code in the photo"), scene: gate.scene.name)
                    }
                    return gate.assess(codes, unreadCount: unreadCount, at: now)
                }
            }
        }
    }

    /// What the page shows about the gate.
    var standing: JSONValue {
        let generation = gate.current
        let standing = generation.gate.standing(at: now())
        var object: JSONObject = [
            "start": .string(start), "scene": .string(generation.gate.scene.name),
            "trust": [
                "bundleVersion": .integer(Int64(clamping: standing.trust.bundleVersion)),
                "ageSeconds": .integer(Int64(clamping: standing.trust.ageSeconds)),
                "stale": .bool(standing.trust.isStale),
            ],
            "hasKeys": .bool(standing.hasKeys), "isRecording": .bool(isRecording),
            "keepsReceipts": .bool(receipts != nil),
            "warnings": .array(
                (standing.warnings + (generation.isUpdateRefused ? [RunningGate.refusedWarning] : []))
                    .map(JSONValue.string)),
        ]
        if let refusal = standing.refusal { object["closed"] = .string(refusal.code.rawValue) }
        object["verdicts"] = recent.withLock(\.json)
        return .object(object)
    }

    private func decide(
        on observation: ViewObservation, _ film: String, _ state: inout State
    ) throws(WebError) -> [Verdict] {
        let microseconds = MonotonicClock.microseconds()
        if try state.films.take(film) {
            state.view = GateView(gate: gate, receipts: receipts)
        } else if microseconds - state.frameAt > Self.silenceMicroseconds {
            state.view.empty()
        }
        state.frameAt = microseconds
        return state.view.decide(on: observation, at: now(), microseconds: microseconds)
    }

    /// Makes one verdict of a whole scan, as `verify` does of a line or an image.
    private func single(digest text: [UInt8]?, _ assess: (Verifier, UInt64) -> AssessedScan) -> JSONValue {
        let now = now()
        let generation = gate.current
        var verdict = generation.gate.decide(at: now, receipts: receipts) { assess($0, now) }
        verdict.noteUpdate(of: generation)
        if let text { verdict.digest = ScannedText(text).text.digest }
        note([verdict])
        return ["verdicts": [verdict.json]]
    }

    private func note(_ verdicts: [Verdict]) {
        guard !verdicts.isEmpty else { return }
        gate.tally?.note(verdicts)
        recent.withLock { $0.note(verdicts, at: now()) }
    }
}
