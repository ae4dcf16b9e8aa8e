package import Credential

/// The facts that the checks find about one code, accepted or refused.
///
/// They hold no outcome: only proofs lead to an accept, and only a ``Refusal`` leads to a refusal.
package struct Findings: Sendable, Equatable {
    /// A domain's identifier for the holder, and the source that gave it.
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
        /// How it was shown: a kind of person code, or the source name of another issuer's code.
        package let kind: String
        /// Seconds since it was shown; 0 for a time in the future.
        package let ageSeconds: UInt64
        /// Seconds until the time of the showing if that is in the future; otherwise 0.
        package let skewSeconds: UInt64
        /// How far most holders' phones are ahead of this machine, in seconds; below 0, they are behind.
        package var clockOffsetSeconds: Int32?

        init(kind: String, time: UInt64, now: UInt64) {
            self.kind = kind
            ageSeconds = now > time ? now - time : 0
            skewSeconds = time > now ? time - now : 0
        }
    }

    /// Where the event of an accepted object code is stored.
    package enum Record: String, Sendable {
        /// In the issuer's log.
        case logged
        /// On the gate's disk, until `verify flush` sends it.
        case spooled
    }

    /// The insurer's answer about a medical-insurance code.
    package struct Insurance: Sendable, Equatable {
        /// Six digits of GB/T 2260.
        package let region: String
        /// `active`, or the insurer's word for another state.
        package let status: String
    }

    /// The issuer and key that signed the code.
    package struct Issuer: Sendable, Equatable {
        package let name: String
        package let keyIdentifier: [UInt8]
        package let algorithm: String
    }

    /// The bundle that the verdict is based on.
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

    package var scene: String?
    package var form: Form?
    package var pseudonym: [UInt8]?
    package var isLowAssurance = false
    package var fused: [SealDomain: Fused] = [:]
    package var enterprise: EnterpriseClaims?
    package var object: ObjectClaims?
    /// The category's name in the bundle.
    package var category: String?
    package var freshness: Freshness?
    /// The difference between the holder's clock and this machine's; used by the gate, never printed.
    package var clockWitness: ClockWitness?
    package var insurance: Insurance?
    /// The answer of a public transit terminal: 0 for an accepted code, −1, or −101 to −106.
    ///
    /// Nil if such a terminal has no answer: for other codes, replays, and codes that are refused together.
    package var terminalNumber: Int?
    package var delegation: Delegation?
    package var record: Record?
    package var issuer: Issuer?
    package var trust: Trust?
    package var warnings: [String] = []
    package var stages: [Stage] = []

    package init(scene: String? = nil) {
        self.scene = scene
    }

    /// Runs the checks of one stage, and notes whether all of them passed.
    mutating func stage<Proofs>(
        _ name: String, _ check: (inout Findings) throws(Refusal) -> Proofs
    ) throws(Refusal) -> Proofs {
        do {
            let proofs = try check(&self)
            stages.append(Stage(name: name, isPassed: true))
            return proofs
        } catch {
            stages.append(Stage(name: name, isPassed: false))
            throw error
        }
    }
}
