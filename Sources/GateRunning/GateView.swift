package import Gate
import Platform

/// Decides on the codes in a camera's view: once when a code comes into view, and again only after it has left.
///
/// It reads no picture: `verify --frames` and the kiosk's page read the frames, and both gates decide here.
package struct GateView: Sendable {
    private let gate: RunningGate
    private let receipts: ReceiptKeeper?
    private var tracker = FrameTracker()
    /// The verdicts on the codes in view; a code that leaves the view is removed.
    private var decided: [(code: [UInt8], verdict: Verdict)] = []
    /// The codes that wait until no other code is seen and unread beside them.
    private var waiting: [[UInt8]] = []
    private var still = StillCodes()

    /// Begins with an empty view.
    ///
    /// - Parameters:
    ///   - gate: decides.
    ///   - receipts: keeps the receipts of accepted codes; nil for none.
    package init(gate: RunningGate, receipts: ReceiptKeeper?) {
        (self.gate, self.receipts) = (gate, receipts)
    }

    /// The number of codes in view.
    package var codeCount: Int { tracker.count }

    /// Whether a frame that shows these codes must be searched for person codes: some of them are to be decided on.
    package func mustSearch(_ codes: [[UInt8]]) -> Bool {
        codes.contains { tracker.isNew($0) || waiting.contains($0) }
    }

    /// Empties the view: what is shown next has just come into view.
    ///
    /// What does not move is remembered, so that a poster stays background.
    package mutating func empty() {
        tracker = FrameTracker()
        (decided, waiting) = ([], [])
    }

    /// Takes the next frame.
    ///
    /// A code that is new in a frame without a search stays new: it is decided on in a later, searched frame.
    ///
    /// - Parameters:
    ///   - observation: what the frame shows.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - microseconds: the time of the frame, by a clock that never goes back.
    /// - Returns: the verdicts on codes that have come into view; receipts are kept already.
    package mutating func decide(
        on observation: ViewObservation, at now: UInt64, microseconds: UInt64
    ) -> [Verdict] {
        guard observation.isSearched else {
            _ = tracker.newCodes(observation.codes.filter { !tracker.isNew($0) })
            return []
        }
        let new = tracker.newCodes(observation.codes)
        let unreadCount = still.moving(observation.unread, at: microseconds)
        waiting.removeAll { new.contains($0) || !tracker.isInView($0) }
        // The verdict on the waiting codes was given; the next one follows when the view has changed.
        let cleared = unreadCount == 0 ? waiting.filter(observation.codes.contains) : []
        guard !new.isEmpty || !cleared.isEmpty else { return [] }
        waiting.removeAll { cleared.contains($0) }
        decided.removeAll { !tracker.isInView($0.code) }
        let undecided = cleared + new
        let known = decided.filter { observation.codes.contains($0.code) && !undecided.contains($0.code) }
        return decide(undecided, unreadCount: unreadCount, beside: known.map(\.verdict), at: now)
    }

    /// Decides on each new code.
    ///
    /// Codes in view together must belong to one holder, and none of them may be refused, as in a picture. Known codes
    /// are not checked again: a code that was fresh when shown does not become stale in view.
    private mutating func decide(
        _ new: [[UInt8]], unreadCount: Int, beside known: [Verdict], at now: UInt64
    ) -> [Verdict] {
        let begin = MonotonicClock.microseconds()
        let generation = self.gate.current
        let gate = generation.gate
        // Settles refused codes too: the gate remembers each showing, and refuses it the next time.
        let scan = gate.assess(new, unreadCount: unreadCount, beside: known, at: now)
        var verdicts = gate.settle(scan, at: now)
        let elapsed = MonotonicClock.microseconds() - begin
        let isNext = verdicts.count == 1 && isNextShowing(verdicts[0])
        for (index, payload) in scan.payloads.enumerated() {
            verdicts[index].elapsedMicroseconds = elapsed
            verdicts[index].noteUpdate(of: generation)
            if still.hasBackground { verdicts[index].noteBackground() }
            if !payload.isEmpty { verdicts[index].digest = payload.digest }
        }
        remember(verdicts, of: scan, new.filter(gate.knows))
        if isNext || verdicts.isEmpty { return [] }
        if let receipts { receipts.keep(receipts.prepare(scan, of: gate, at: now), &verdicts) }
        return verdicts
    }

    /// Remembers the verdicts; codes that belong to nobody, such as posters, neither identify a holder nor block one.
    private mutating func remember(_ verdicts: [Verdict], of scan: AssessedScan, _ new: [[UInt8]]) {
        if let verdict = verdicts.first, verdict.code == .refused(.unreadable) {
            waiting += new
        } else if let verdict = verdicts.first, scan.payloads == [[]] {
            // The codes were too many to be checked.
            decided += new.map { ($0, verdict) }
        } else {
            for (place, isClosing) in scan.closesWhenRefused.enumerated() where isClosing {
                decided.append((scan.payloads[place], verdicts[place]))
            }
        }
    }

    /// Whether a code in view has only advanced to its next slot: the phone is the same, so the gate opens once.
    private func isNextShowing(_ verdict: Verdict) -> Bool {
        guard verdict.code == .ok, let holder = verdict.findings.pseudonym else { return false }
        return decided.contains { $0.verdict.code == .ok && $0.verdict.findings.pseudonym == holder }
    }
}
