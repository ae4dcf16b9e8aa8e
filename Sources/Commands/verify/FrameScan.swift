import CommandSupport
import Gate
import Platform
import QRReading

/// Decides on the codes in a camera's film: once when a code comes into view, and again only after it has left.
struct FrameScan {
    private let gate: RunningGate
    private let receipts: ReceiptKeeper?
    private let output: VerdictOutput
    private let at: UInt64?
    private var film: FilmScanner
    /// The verdicts on the codes in view; a code that leaves the view is removed.
    private var decided: [(code: [UInt8], verdict: Verdict)] = []
    /// The codes that wait until no other code is seen and unread beside them.
    private var waiting: [[UInt8]] = []
    private var still = StillCodes()
    private var worst: VerdictOutcome?

    /// - Parameters:
    ///   - gate: decides on the codes.
    ///   - scanner: reads the frames, each within its budget.
    ///   - receipts: keeps receipts of what was accepted.
    ///   - output: gets the verdicts.
    ///   - at: the time in place of the clock.
    init(gate: RunningGate, scanner: Scanner, receipts: ReceiptKeeper?, output: VerdictOutput, at: UInt64?) {
        film = FilmScanner(scanner)
        self.gate = gate
        self.receipts = receipts
        self.output = output
        self.at = at
    }

    /// Runs until stdin ends.
    ///
    /// - Parameter size: the size of every frame.
    /// - Returns: the worst verdict; undecided when no code came into view, stdin broke off, the last frame is cut, or a
    ///   reader cannot be loaded.
    mutating func run(_ size: FrameSize) -> VerdictOutcome {
        var frames = FrameReader(size)
        do throws(CommandError) {
            try PictureReader.loadLibraries()
            while try frames.next() {
                let waiting = waiting
                let frame = film.read(frames.frame, isLate: frames.isLate) { codes in
                    codes.contains { waiting.contains($0.bytes) }
                }
                if frame.isSearched { update(frame.scan, new: frame.new.map(\.bytes)) }
            }
            if frames.cutByteCount > 0 { throw Self.cutOff(frames.cutByteCount, of: size) }
        } catch {
            return output.undecided(error, at: gate.current)
        }
        if worst == nil { Diagnostics(command: "verify").report(Self.nothingSeen) }
        return worst ?? .undecided
    }

    private mutating func update(_ scan: Scan, new: [[UInt8]]) {
        let unreadCount = still.moving(scan.unreadPersonCodes, at: MonotonicClock.microseconds())
        waiting.removeAll { new.contains($0) || !film.isInView($0) }
        // The verdict on the waiting codes was given; the next one follows when the view has changed.
        let cleared = unreadCount == 0 ? waiting.filter { code in scan.codes.contains { $0.bytes == code } } : []
        guard !new.isEmpty || !cleared.isEmpty else { return }
        waiting.removeAll { cleared.contains($0) }
        decided.removeAll { !film.isInView($0.code) }
        let undecided = cleared + new
        let known = decided.filter { code, _ in scan.codes.contains { $0.bytes == code } && !undecided.contains(code) }
        decide(undecided, unreadCount: unreadCount, beside: known.map(\.verdict))
    }

    /// Decides on each new code.
    ///
    /// Codes in view together must belong to one holder, and none of them may be refused, as in a picture. Known codes
    /// are not checked again: a code that was fresh when shown does not become stale in view.
    private mutating func decide(_ new: [[UInt8]], unreadCount: Int, beside known: [Verdict]) {
        let now = at ?? WallClock.seconds()
        let begin = MonotonicClock.microseconds()
        let generation = self.gate.current
        let gate = generation.gate
        // Settles the codes whatever the verdict is: the gate remembers each showing, and refuses it the next time.
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
        if isNext || verdicts.isEmpty { return }
        if let receipts { receipts.keep(receipts.prepare(scan, of: gate, at: now), &verdicts) }
        output.write(verdicts)
        worst = verdicts.map(\.outcome).max().map { max(worst ?? .accept, $0) } ?? worst
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

    private static func cutOff(_ byteCount: Int, of size: FrameSize) -> CommandError {
        CommandError(
            code: "input_unreadable",
            reason: "the last frame stops after \(byteCount) of \(size.byteCount) bytes",
            hint: "check that the camera's frames are \(size), 8 bits of grey a pixel")
    }

    private static let nothingSeen = CommandError(
        code: "no_code", reason: "no code came into view",
        hint: "hold the code so that it fills a third of the picture, with its white border")
}
