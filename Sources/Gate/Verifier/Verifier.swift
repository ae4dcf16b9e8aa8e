import Credential
import ForeignCodes

/// One gate: a bundle, a scene, the sources it understands, and what it has accepted.
///
/// `assess` is pure but for the links a scene allows, and may run on every core; `settle` asks what the gate remembers
/// and is called in the order of scanning.
package struct Verifier: Sendable {
    /// Whom a gate may ask, where its scene allows that.
    package struct Links: Sendable {
        /// The insurer, about medical-insurance codes.
        package var medical: MedicalLink?
        /// The issuer's daemon, about whose codes two are.
        package var registry: RegistryLink?

        package init(medical: MedicalLink? = nil, registry: RegistryLink? = nil) {
            self.medical = medical
            self.registry = registry
        }
    }

    /// The most codes of one picture or one window that are looked at together.
    package static let payloadCountMax = 8

    /// What a gate is told beside its bundle, of every generation alike.
    private struct Setup {
        let challenge: [UInt8]?
        let skewSeconds: UInt64?
        let fare: UInt64
        let links: Links
        let recorder: EventRecorder?
        let clock: ClockWatch
    }

    package let scene: Scene
    private let setup: Setup
    private let bundle: GateBundle
    private let own: SuishenSource
    private let others: [any IdentitySource]
    private let match: HolderMatch
    private let replay: ReplayStore?

    /// Sets a gate up.
    ///
    /// - Parameters:
    ///   - directory: the bundle.
    ///   - scene: one of the bundle's.
    ///   - replay: needed where the scene refuses replays.
    ///   - challenge: what the phone must have answered.
    ///   - skewSeconds: in place of the scene's.
    ///   - fare: what a ride costs at most, in hundredths of a yuan; transit codes state what they pay.
    ///   - links: whom to ask.
    ///   - recorder: leaves an event after each accepted object code.
    package init(
        directory: GateDirectory, scene: Scene, replay: ReplayStore?, challenge: [UInt8]? = nil,
        skewSeconds: UInt64? = nil, fare: UInt64 = 0, links: Links = Links(), recorder: EventRecorder? = nil
    ) {
        let setup = Setup(
            challenge: challenge, skewSeconds: skewSeconds, fare: fare, links: links, recorder: recorder,
            clock: ClockWatch(path: "\(directory.statePath)/clock"))
        self.init(directory, scene, replay, setup)
    }

    private init(_ directory: GateDirectory, _ scene: Scene, _ replay: ReplayStore?, _ setup: Setup) {
        self.scene = scene
        self.setup = setup
        bundle = directory.bundle
        self.replay = replay
        let (challenge, links) = (setup.challenge, setup.links)
        let skewSeconds = setup.skewSeconds ?? scene.clockSkewSeconds
        let network = bundle.transit ?? TransitNetwork(layout: TransitLayout(), authorities: [:])
        own = SuishenSource(
            bundle: bundle, scene: scene, statusLists: directory.statusLists,
            epochKeys: directory.epochKeys, trust: directory.trust, challenge: challenge, skewSeconds: skewSeconds)
        others = [
            TransitSource(
                scene: scene,
                verifier: TransitVerifier(
                    network: network, skewSeconds: skewSeconds, lifeSecondsMax: Scene.presentationAgeSecondsMax),
                fare: setup.fare, isChallenged: challenge != nil),
            MedicalSource(scene: scene, link: links.medical, isChallenged: challenge != nil),
        ]
        match = HolderMatch(
            table: bundle.links, registry: scene.isOnlineAllowed ? links.registry : nil)
    }

    /// The same gate over another generation of its folder: it goes on with all that it remembers and whom it asks.
    ///
    /// - Parameters:
    ///   - directory: the generation.
    ///   - replayPath: where a replay store is opened if the scene refuses replays and did not before.
    /// - Returns: the gate that decides from now on.
    /// - Throws: `bundle_unreadable` where the scene is gone, or its replay store cannot be opened.
    func takingUp(_ directory: GateDirectory, replayPath: String) throws(BundleError) -> Verifier {
        guard let scene = directory.bundle.scene(named: scene.name) else {
            throw .malformed("bundle \(directory.bundle.version) no longer has the scene \(scene.name)")
        }
        var replay = replay
        if replay == nil, scene.isReplayRefused { replay = try ReplayStore(path: replayPath) }
        return Verifier(directory, scene, replay, setup)
    }

    /// Whether a payload is of a kind that the gate decides on.
    package func knows(_ payload: [UInt8]) -> Bool { source(of: payload) != nil }

    /// Looks at every payload of one scan: at one holder, or at none.
    ///
    /// - Parameters:
    ///   - payloads: what the scan gave, at most ``payloadCountMax``; those of no kind the gate knows are passed over
    ///     when another is known, and a code that is there twice counts once.
    ///   - others: what was decided on the codes that were in view before, and still are.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: `ok` for each when every code is accepted and all are the same holder's, else for none.
    package func assess(_ payloads: [[UInt8]], beside others: [Verdict] = [], at now: UInt64) -> [Assessment] {
        var known: [[UInt8]] = []
        for payload in payloads where knows(payload) && !known.contains(payload) { known.append(payload) }
        let count = known.count + others.count
        guard count <= Self.payloadCountMax else {
            return [Assessment(verdict: Verdict(.malformed, scene: scene.name, reason: "\(count) codes at once"))]
        }
        let relevant = known.isEmpty ? Array(payloads.prefix(1)) : known
        var assessments = relevant.map { assess($0, at: now) }
        let verdicts = assessments.map(\.verdict) + others
        if let refusal = verdicts.refusalOfOne {
            for index in assessments.indices { assessments[index].verdict.refuseBeside(refusal) }
        } else if let refusal = match.refusal(verdicts, at: now) ?? lackingDomain(verdicts) {
            for index in assessments.indices { assessments[index].verdict.refuse(refusal) }
        }
        return assessments
    }

    /// Asks whether the codes of one scan were shown before, remembers them, and leaves an object's event where one is
    /// wanted: all of it or, where one code is refused, nothing.
    ///
    /// - Parameters:
    ///   - assessments: what ``assess(_:beside:at:)`` gave.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: a verdict for each, all of them `ok` or none.
    package func settle(_ assessments: [Assessment], at now: UInt64) -> [Verdict] {
        var verdicts = assessments.map(\.verdict)
        for index in verdicts.indices { checkClock(&verdicts[index]) }
        if verdicts.refusalOfOne == nil { checkReplay(assessments.map(\.replayKey), at: now, &verdicts) }
        if verdicts.refusalOfOne == nil { record(at: now, &verdicts) }
        if let refusal = verdicts.refusalOfOne {
            for index in verdicts.indices { verdicts[index].refuseBeside(refusal) }
        }
        return verdicts
    }

    /// A showing's own time counts once its signature or link has held, whatever came of the code.
    private func checkClock(_ verdict: inout Verdict) {
        guard let witness = verdict.clockWitness, let trouble = setup.clock.note(witness) else { return }
        verdict.warnings.append(trouble.warning)
        verdict.freshness?.clockOffsetSeconds = trouble.offsetSeconds
        guard verdict.code.dependsOnClock, let reason = verdict.reason else { return }
        verdict.reason = "\(reason); so it is with most holders here, so that this machine's clock must be wrong"
    }

    private func checkReplay(_ keys: [ReplayKey?], at now: UInt64, _ verdicts: inout [Verdict]) {
        let wanted = Set(keys.compactMap(\.self))
        guard !wanted.isEmpty else { return }
        do throws(BundleError) {
            guard let replay else { throw BundleError.malformed("the gate has no replay store") }
            let shown = try replay.insert(wanted, scene: scene.name, at: now)
            for (index, key) in keys.enumerated() {
                guard let key else { continue }
                let isNew = !shown.contains(key)
                verdicts[index].stages.append(Verdict.Stage(name: "replay", isPassed: isNew))
                if !isNew { verdicts[index].refuse(Refusal(.replayed, "this showing was accepted before")) }
            }
        } catch {
            let refusal = Refusal(error)
            for index in verdicts.indices { verdicts[index].refuse(refusal) }
        }
    }

    /// One object's codes of one scan leave one event.
    private func record(at now: UInt64, _ verdicts: inout [Verdict]) {
        guard let recorder = setup.recorder, let id = verdicts.lazy.compactMap(\.object?.id).first else { return }
        do throws(SpoolError) {
            let isLogged = try recorder.record(id, isOnlineAllowed: scene.isOnlineAllowed, at: now)
            let record: Verdict.Record = isLogged ? .logged : .spooled
            for index in verdicts.indices where verdicts[index].object != nil { verdicts[index].record = record }
        } catch {
            let refusal = Refusal(.bundleUnreadable, error.reason, hint: error.hint, warning: error.code.rawValue)
            for index in verdicts.indices { verdicts[index].refuse(refusal) }
        }
    }

    private func assess(_ payload: [UInt8], at now: UInt64) -> Assessment {
        let (source, trust) = (source(of: payload) ?? own, bundle.trust(at: now))
        var assessment: Assessment
        if let refusal = bundle.refusal(in: scene, at: now) {
            assessment = Assessment(verdict: Verdict(.ok, scene: scene.name))
            assessment.verdict.refuse(refusal)
        } else {
            assessment = source.assess(payload, at: now)
            if trust.isStale { assessment.verdict.warnings.insert("bundle_stale", at: 0) }
        }
        assessment.verdict.trust = trust
        if assessment.verdict.code.dependsOnClock { source.hear(payload, at: now, &assessment.verdict) }
        return assessment
    }

    private func source(of payload: [UInt8]) -> (any IdentitySource)? {
        own.recognises(payload) ? own : others.first { $0.recognises(payload) }
    }

    /// Other issuers' codes speak for one domain each; the project's own have answered for themselves.
    private func lackingDomain(_ verdicts: [Verdict]) -> Refusal? {
        guard scene.requiresEntitlement, verdicts.allSatisfy({ $0.pseudonym == nil }) else { return nil }
        let lacking = SealDomain.allCases.first { domain in
            scene.domains.contains(domain) && verdicts.allSatisfy { $0.fused[domain] == nil }
        }
        return lacking.map { Refusal(.noEntitlement, "no code of the scan says who the holder is in \($0.rawValue)") }
    }
}
