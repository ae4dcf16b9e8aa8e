import Credential
import ForeignCodes
package import Signing

/// One gate: a bundle, a scene, the sources of codes that it knows, and its memory of accepted codes.
///
/// `assess` has no side effects except requests over the scene's links, and may run on several cores at once.
/// `settle` checks the gate's memory and makes the verdicts; it is called in the order of scanning.
package struct Verifier: Sendable {
    /// The services that a gate may ask if its scene allows online requests.
    package struct Links: Sendable {
        /// The insurer, about medical-insurance codes.
        package var medical: MedicalLink?
        /// The issuer's daemon, about whether two codes belong to one holder.
        package var registry: RegistryLink?

        package init(medical: MedicalLink? = nil, registry: RegistryLink? = nil) {
            self.medical = medical
            self.registry = registry
        }
    }

    /// The most codes of one picture or one window that are checked together.
    package static let payloadCountMax = 8

    /// The gate's options besides its bundle; they stay the same for every generation.
    private struct Setup {
        let challenge: [UInt8]?
        /// Replaces the scene's clock skew.
        let skewSeconds: UInt64?
        let fare: UInt64
        let links: Links
        let recorder: EventRecorder?
        let clock: ClockWatch
    }

    package let scene: Scene
    /// The warnings that every verdict of this gate bears.
    package let standingWarnings: [String]
    package let skewSeconds: UInt64
    private let setup: Setup
    private let bundle: GateBundle
    private let warrant: BundleWarrant?
    private let memory: GateMemory
    private let epochKeys: GateEpochKeys
    private let own: SuishenSource
    private let others: [any IdentitySource]
    private let match: HolderMatch
    private let replay: ReplayStore?

    /// Sets a gate up.
    ///
    /// - Parameters:
    ///   - directory: the bundle.
    ///   - scene: a scene of the bundle.
    ///   - replay: the replay store; required if the scene refuses replays.
    ///   - challenge: the challenge that the phone must have answered.
    ///   - skewSeconds: replaces the scene's clock skew.
    ///   - fare: the highest price of a ride, in hundredths of a yuan; a transit code states the highest fare it pays.
    ///   - links: the services to ask.
    ///   - recorder: records an event after each accepted object code.
    package init(
        directory: GateDirectory, scene: Scene, replay: ReplayStore?, challenge: [UInt8]? = nil,
        skewSeconds: UInt64? = nil, fare: UInt64 = 0, links: Links = Links(), recorder: EventRecorder? = nil
    ) {
        let setup = Setup(
            challenge: challenge, skewSeconds: skewSeconds, fare: fare, links: links, recorder: recorder,
            clock: ClockWatch(path: GateState.clockPath(in: directory.statePath), isTimeGiven: directory.isTimeGiven))
        self.init(directory, scene, replay, setup)
    }

    private init(_ directory: GateDirectory, _ scene: Scene, _ replay: ReplayStore?, _ setup: Setup) {
        self.scene = scene
        self.setup = setup
        standingWarnings =
            (directory.isRootUnpinned ? [RootSource.unpinnedWarning] : [])
            + (directory.epochKeys.refusal.map { [$0.code.rawValue] } ?? [])
        epochKeys = directory.epochKeys
        (bundle, warrant) = (directory.bundle, directory.warrant)
        memory = directory.memory
        self.replay = replay
        let (challenge, links) = (setup.challenge, setup.links)
        skewSeconds = setup.skewSeconds ?? scene.clockSkewSeconds
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

    /// The same gate over another generation of its folder, with the same options, memory and links.
    ///
    /// - Parameters:
    ///   - directory: the generation.
    ///   - replayPath: the replay store to open if the scene refuses replays and did not before; nil for the one in
    ///     the state folder.
    /// - Returns: the gate for the new generation.
    /// - Throws: `bundle_unreadable` if the scene is gone, or its replay store cannot be opened.
    func switched(to directory: GateDirectory, replayPath: String?) throws(BundleError) -> Verifier {
        guard let scene = directory.bundle.scene(named: scene.name) else {
            throw .malformed("bundle \(directory.bundle.version) no longer has the scene \(scene.name)")
        }
        var replay = replay
        if replay == nil, scene.isReplayRefused { replay = try directory.replayStore(replayPath, scene: scene) }
        return Verifier(directory, scene, replay, setup)
    }

    /// The key that receipts are sealed to; nil where the issuer does not settle.
    package var settlementKey: ReceivingPublicKey? { bundle.settlementKey }

    /// Whether a payload is of a kind that the gate knows.
    package func knows(_ payload: [UInt8]) -> Bool {
        own.recognises(payload) || others.contains { $0.recognises(payload) }
    }

    /// Checks every payload of one scan; none is accepted unless all of them belong to one holder.
    ///
    /// - Parameters:
    ///   - payloads: the scan's payloads, of which at most ``payloadCountMax`` may count; a repeated payload counts
    ///     once, and one that belongs to nobody is passed over beside a code that counts.
    ///   - unreadCount: the number of codes that are seen beside these and cannot be read.
    ///   - others: the verdicts on codes that were in view before and still are.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the assessed scan for ``settle(_:at:)``; without codes if all were passed over beside `others`.
    package func assess(
        _ payloads: [[UInt8]], unreadCount: Int = 0, beside others: [Verdict] = [], at now: UInt64
    ) -> AssessedScan {
        var known: [[UInt8]] = []
        for payload in payloads where knows(payload) && !known.contains(payload) { known.append(payload) }
        // Bounded before anyone is asked about them.
        let askedCount = known.count { !own.recognises($0) && source(of: $0).closesWhenRefused($0, Findings()) }
        guard askedCount + others.count <= Self.payloadCountMax else { return tooMany(askedCount + others.count) }
        var codes = known.map { assess($0, at: now) }
        let counted = codes.filter { $0.refusal == nil || $0.closesWhenRefused }
        guard counted.count + others.count <= Self.payloadCountMax else {
            return tooMany(counted.count + others.count)
        }
        if counted.isEmpty {
            guard others.isEmpty else { return AssessedScan([], together: .failure(Self.passedOver)) }
            guard unreadCount == 0 else { return AssessedScan(refused: AllRead.refusal, scene: scene.name) }
            codes = codes.isEmpty ? payloads.prefix(1).map { assess($0, at: now) } : Array(codes.prefix(1))
        } else {
            codes = Self.withoutEarlierShowings(counted)
            if payloads.count > 1, codes.count < Set(payloads).count {
                for index in codes.indices { codes[index].findings.warnings.append(Self.backgroundWarning) }
            }
        }
        let noneRefused: NoneRefused
        do throws(Refusal) {
            let sound = codes.filter { $0.refusal == nil }.map(\.findings)
            noneRefused = try NoneRefused(
                codes, beside: others.filter { $0.refusal == nil || !$0.findings.isOfHolder(of: sound) })
        } catch {
            for index in codes.indices { codes[index].refuseBeside(error) }
            return AssessedScan(codes, together: .failure(error))
        }
        do throws(Refusal) {
            let findings = codes.map(\.findings) + others.map(\.findings)
            let together = TogetherProofs(
                noneRefused: noneRefused, holder: try OneHolder(findings, by: match, at: now),
                domains: try DomainsIdentified(findings, in: scene), read: try AllRead(unreadCount: unreadCount))
            return AssessedScan(codes, together: .success(together))
        } catch {
            for index in codes.indices { codes[index].refuse(error) }
            return AssessedScan(codes, together: .failure(error))
        }
    }

    /// Checks the codes of one scan for replays, remembers them, and records an object's event if there is a recorder.
    ///
    /// If one code is refused, nothing is remembered or recorded. This is the only place that accepts.
    ///
    /// - Parameters:
    ///   - scan: from ``assess(_:beside:at:)``.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: a verdict for each code; either all of them are `ok` or none is.
    package func settle(_ scan: AssessedScan, at now: UInt64) -> [Verdict] {
        var codes = scan.codes
        let warnings = warnings(at: now)
        for index in codes.indices { codes[index].findings.warnings += warnings }
        let clock = ClockCompared(&codes, by: setup.clock)
        do throws(Refusal) {
            let proofs = ScanProofs(
                together: try scan.together.get(), clock: clock,
                replay: try NotReplayed(&codes, in: replay, of: scene, at: now),
                event: try EventRecorded(&codes, by: setup.recorder, of: scene, at: now))
            var verdicts: [Verdict] = []
            for code in codes {
                verdicts.append(Verdict(accepting: try code.answer.get(), in: proofs, findings: code.findings))
            }
            return verdicts
        } catch {
            return codes.map { code in
                Verdict(
                    refused: code.refusal ?? error.besideAnother, findings: code.findings,
                    isForAnother: code.refusal == nil || code.isRefusedForAnother)
            }
        }
    }

    /// What the gate knows of itself, without any code.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: its standing; no verdict follows from it.
    package func standing(at now: UInt64) -> GateReadiness {
        var refusal: Refusal?
        do throws(Refusal) { _ = try timeProofs(at: now) } catch { refusal = error }
        let keys = epochKeys.keys(at: now, skewSeconds: skewSeconds)
        return GateReadiness(
            trust: bundle.trust(at: now), warnings: warnings(at: now), hasKeys: keys?.entries.isEmpty == false,
            refusal: refusal)
    }

    /// The warnings that every verdict bears at a time.
    private func warnings(at now: UInt64) -> [String] {
        guard epochKeys.refusal == nil, let refusal = epochKeys.refusal(at: now, skewSeconds: skewSeconds) else {
            return standingWarnings
        }
        return standingWarnings + [refusal.code.rawValue]
    }

    private func timeProofs(at now: UInt64) throws(Refusal) -> (clock: ClockNotBehind, term: BundleInTerm) {
        (
            clock: try ClockNotBehind(
                bundle, warrant, memory: memory.signedTime, at: now, skewSeconds: skewSeconds),
            term: try BundleInTerm(bundle, warrant, in: scene, at: now)
        )
    }

    /// The warning in a verdict beside which another code was passed over.
    package static let backgroundWarning = "background_code"

    private static let passedOver = Refusal(.malformed, "the texts are no codes of a holder")

    private func tooMany(_ count: Int) -> AssessedScan {
        AssessedScan(refused: Refusal(.malformed, "\(count) codes are too many at once"), scene: scene.name)
    }

    /// Leaves out the refused codes of a holder who also shows a sound one, such as the same code shown earlier.
    private static func withoutEarlierShowings(_ codes: [AssessedCode]) -> [AssessedCode] {
        let sound = codes.filter { $0.refusal == nil }.map(\.findings)
        return codes.filter { $0.refusal == nil || !$0.findings.isOfHolder(of: sound) }
    }

    private func source(of payload: [UInt8]) -> any IdentitySource {
        own.recognises(payload) ? own : others.first { $0.recognises(payload) } ?? own
    }

    private func assess(_ payload: [UInt8], at now: UInt64) -> AssessedCode {
        // A call without an existential does not copy the source.
        own.recognises(payload)
            ? assess(payload, by: own, at: now) : assess(payload, by: source(of: payload), at: now)
    }

    private func assess(_ payload: [UInt8], by source: some IdentitySource, at now: UInt64) -> AssessedCode {
        let trust = bundle.trust(at: now)
        var findings = Findings(scene: scene.name)
        findings.trust = trust
        do throws(Refusal) {
            let (clock, term) = try timeProofs(at: now)
            if trust.isStale { findings.warnings.append("bundle_stale") }
            let accepted = try source.accepted(payload, at: now, &findings)
            return AssessedCode(
                .success(AcceptedCode(clock: clock, bundle: term, source: accepted)), of: payload, findings: findings,
                closesWhenRefused: true)
        } catch {
            if error.code.dependsOnClock { source.noteDeviceTime(payload, at: now, &findings) }
            return AssessedCode(
                .failure(error), of: payload, findings: findings,
                closesWhenRefused: source.closesWhenRefused(payload, findings))
        }
    }
}
