import ForeignCodes

/// If the scene refuses replays: no showing of the scan was accepted before, and all of them are now remembered.
struct NotReplayed: Proof {
    static let check = ScanCheck.replay

    /// Looks the showings up in the replay store and adds them.
    ///
    /// - Parameters:
    ///   - codes: the accepted codes of one scan; replayed codes are marked as refused.
    ///   - store: the gate's replay store.
    ///   - scene: the gate's scene.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `replayed`, or the store's error.
    init(_ codes: inout [AssessedCode], in store: ReplayStore?, of scene: Scene, at now: UInt64) throws(Refusal) {
        guard scene.isReplayRefused else { return }
        let keys = codes.map { try? $0.answer.get().source.replayKey }
        let wanted = Set(keys.compactMap(\.self))
        guard !wanted.isEmpty else { return }
        let shown: Set<ReplayKey>
        do throws(BundleError) {
            guard let store else { throw BundleError.malformed("the gate has no replay store") }
            shown = try store.insert(wanted, scene: scene.name, at: now)
        } catch {
            let refusal = Refusal(error)
            for index in codes.indices { codes[index].refuse(refusal) }
            throw refusal
        }
        let refusal = Refusal(.replayed, "this showing was accepted before")
        for (index, key) in keys.enumerated() {
            guard let key else { continue }
            codes[index].findings.stages.append(Findings.Stage(name: "replay", isPassed: !shown.contains(key)))
            if shown.contains(key) { codes[index].refuse(refusal) }
        }
        guard shown.isEmpty else { throw refusal }
    }
}
