package import Credential

/// A gate's answer about one scan; `json` is what it prints.
package struct Verdict: Sendable, Equatable {
    /// A domain's identifier for the holder, and which code said so.
    package struct Fused: Sendable, Equatable {
        package let identifier: [UInt8]
        package let source: String

        package init(identifier: [UInt8], source: String) {
            self.identifier = identifier
            self.source = source
        }
    }

    /// How fresh the showing was, by this machine's clock.
    package struct Freshness: Sendable, Equatable {
        /// How it was shown: a kind of person code, or the source of another issuer's.
        package let kind: String
        /// Seconds since it was shown, 0 when that lies ahead.
        package let ageSeconds: UInt64
        /// Seconds by which it lies ahead, else 0.
        package let skewSeconds: UInt64
        /// How far most holders' phones are ahead of this machine, where that lasts; below 0, behind it.
        package var clockOffsetSeconds: Int32?

        init(kind: String, time: UInt64, now: UInt64) {
            self.kind = kind
            ageSeconds = now > time ? now - time : 0
            skewSeconds = time > now ? time - now : 0
        }
    }

    /// Where the event of an accepted object code is.
    package enum Record: String, Sendable {
        /// In the issuer's log.
        case logged
        /// On the gate's disk, until `verify flush` sends it.
        case spooled
    }

    /// What the insurer said of a medical-insurance code.
    package struct Insurance: Sendable, Equatable {
        /// Six digits of GB/T 2260.
        package let region: String
        /// `active`, or the insurer's word for what it is instead.
        package let status: String
    }

    /// Whose key signed.
    package struct Issuer: Sendable, Equatable {
        package let name: String
        package let keyIdentifier: [UInt8]
        package let algorithm: String
    }

    /// The bundle that the answer rests on.
    package struct Trust: Sendable, Equatable {
        package let bundleVersion: UInt64
        package let ageSeconds: UInt64
        package let isStale: Bool
    }

    /// One step of the check and how it ended.
    package struct Stage: Sendable, Equatable {
        package let name: String
        package let isPassed: Bool
    }

    package var code: VerdictCode
    package var scene: String?
    package var reason: String?
    /// The fix, where it is nearer than the code's own.
    package var hint: String?
    package var form: Form?
    package var pseudonym: [UInt8]?
    package var isLowAssurance = false
    package var fused: [SealDomain: Fused] = [:]
    package var enterprise: EnterpriseClaims?
    package var object: ObjectClaims?
    /// The category's name in the bundle.
    package var category: String?
    package var freshness: Freshness?
    /// What the showing says of this machine's clock; for the gate itself, never printed.
    package var clockWitness: ClockWitness?
    package var insurance: Insurance?
    /// What a public transit terminal would answer: 0 for an accepted code, −1, or −101 to −106; nil where such a terminal
    /// has no answer: for other codes, replays, and codes that are not taken together.
    package var terminalNumber: Int?
    package var delegation: Delegation?
    package var record: Record?
    package var issuer: Issuer?
    package var trust: Trust?
    package var warnings: [String] = []
    package var stages: [Stage] = []
    package var elapsedMicroseconds: UInt64?
    /// Whether nothing is wrong with the code itself, and one beside it was refused; never printed.
    private(set) var isRefusedForAnother = false

    package init(_ code: VerdictCode, scene: String? = nil, reason: String? = nil, hint: String? = nil) {
        self.code = code
        self.scene = scene
        self.reason = reason
        self.hint = hint
    }

    package var outcome: VerdictOutcome { code.outcome }

    /// Takes over what a refusal says.
    package mutating func refuse(_ refusal: Refusal) {
        code = refusal.code
        reason = refusal.reason
        hint = refusal.hint
        // What a terminal answers to a code that it takes; other answers stand beside the refusal they came with.
        if terminalNumber == 0 { terminalNumber = nil }
        if let warning = refusal.warning { warnings.append(warning) }
    }

    /// Refuses an accepted code for the sake of one that was shown with it; a refused one stays as it is.
    mutating func refuseBeside(_ other: Refusal) {
        guard code == .ok else { return }
        refuse(Refusal(other.code, "a code shown with it is refused: \(other.reason)", hint: other.hint))
        isRefusedForAnother = true
    }
}

extension [Verdict] {
    /// Why the codes of one scan are not all accepted: the first of the worst refusals; nil when all are.
    var refusalOfOne: Refusal? {
        guard let worst = self.max(by: { $0.outcome < $1.outcome }), worst.code != .ok else { return nil }
        return Refusal(worst.code, worst.reason ?? worst.code.rawValue, hint: worst.hint)
    }
}
