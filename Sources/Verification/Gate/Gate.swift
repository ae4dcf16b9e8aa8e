import Credential

/// One gate: a bundle, a scene, the sources it understands, and what it has accepted.
///
/// `assess` is pure and may run on every core; `settle` asks the replay store and is called in the order of scanning.
package struct Gate: Sendable {
    package let scene: Scene
    private let sources: [any IdentitySource]
    private let links: BlindedLinkTable?
    private let replay: ReplayStore?

    /// Sets a gate up.
    ///
    /// - Parameters:
    ///   - directory: the bundle.
    ///   - scene: one of the bundle's.
    ///   - replay: needed where the scene refuses replays.
    ///   - challenge: what the phone must have answered.
    ///   - skewSeconds: in place of the scene's.
    ///   - sources: further kinds of code.
    package init(
        directory: GateDirectory, scene: Scene, replay: ReplayStore?, challenge: [UInt8]? = nil,
        skewSeconds: UInt64? = nil, sources: [any IdentitySource] = []
    ) {
        self.scene = scene
        self.replay = replay
        links = directory.bundle.links
        let own = SuishenSource(
            bundle: directory.bundle, scene: scene, statusLists: directory.statusLists,
            epochKeys: directory.epochKeys, trust: directory.trust, challenge: challenge,
            skewSeconds: skewSeconds ?? scene.clockSkewSeconds)
        self.sources = sources + [own]
    }

    /// Looks at one scanned payload alone.
    package func assess(_ payload: [UInt8], at now: UInt64) -> Assessment {
        guard let source = sources.first(where: { $0.recognises(payload) }) ?? sources.last else {
            return Assessment(verdict: Verdict(.malformed, scene: scene.name))
        }
        return source.assess(payload, at: now)
    }

    /// Looks at every payload of one scan: at one holder, or at none.
    ///
    /// - Parameters:
    ///   - payloads: what the scan gave; payloads of no kind the gate knows are passed over when another is known.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: `ok` when every code is accepted and all are the same holder's, else the first refusal.
    package func assess(_ payloads: [[UInt8]], at now: UInt64) -> [Assessment] {
        let known = payloads.filter { payload in sources.contains { $0.recognises(payload) } }
        let relevant = known.isEmpty ? Array(payloads.prefix(1)) : known
        var assessments = relevant.map { assess($0, at: now) }
        if assessments.count > 1, let refusal = mismatch(assessments) {
            for index in assessments.indices { assessments[index].verdict.refuse(refusal) }
        }
        return assessments
    }

    /// Asks whether an accepted code was shown before, and remembers it.
    package func settle(_ assessment: Assessment, at now: UInt64) -> Verdict {
        var verdict = assessment.verdict
        guard verdict.code == .ok, let key = assessment.replayKey else { return verdict }
        do throws(BundleError) {
            guard let replay else { throw BundleError.malformed("the gate has no replay store") }
            let isNew = try replay.insert(key, scene: scene.name, at: now)
            verdict.stages.append(Verdict.Stage(name: "replay", isPassed: isNew))
            if !isNew { verdict.refuse(Refusal(.replayed, "this showing was accepted before")) }
        } catch {
            verdict.refuse(Refusal(VerdictCode(rawValue: error.code.rawValue) ?? .bundleUnreadable, error.reason))
        }
        return verdict
    }

    /// Two codes of one scan must be one holder's: by the same identifier, or by the registry's link table.
    private func mismatch(_ assessments: [Assessment]) -> Refusal? {
        let accepted = assessments.map(\.verdict).filter { $0.code == .ok }
        guard accepted.count == assessments.count, let first = accepted.first else { return nil }
        let isOne = accepted.dropFirst().allSatisfy { isSameHolder(first, $0) }
        return isOne ? nil : Refusal(.holderMismatch, "the codes are not one holder's")
    }

    private func isSameHolder(_ first: Verdict, _ second: Verdict) -> Bool {
        if let pseudonym = first.pseudonym, pseudonym == second.pseudonym { return true }
        for domain in SealDomain.allCases {
            guard let one = first.fused[domain], let other = second.fused[domain] else { continue }
            return one.identifier == other.identifier
        }
        for (one, other) in [(first, second), (second, first)] {
            guard let medical = one.fused[.medical], let transit = other.fused[.transit] else { continue }
            if links?.links(medical: medical.identifier, transit: transit.identifier) == true { return true }
        }
        return false
    }
}
