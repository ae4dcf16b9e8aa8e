extension GateBundle {
    /// What every verdict says of the bundle it rests on.
    func trust(at now: UInt64) -> Verdict.Trust {
        Verdict.Trust(
            bundleVersion: version, ageSeconds: now > issuedAt ? now - issuedAt : 0, isStale: now >= expiresAt)
    }

    /// Why nothing is decided from the bundle any more, of whatever issuer's code; nil in its term and while `scene`
    /// bears with a stale one.
    func refusal(in scene: Scene, at now: UInt64) -> Refusal? {
        let (end, overflows) = expiresAt.addingReportingOverflow(scene.bundleGraceSeconds)
        guard !overflows && now >= end else { return nil }
        return Refusal(.bundleExpired, "the bundle ended at \(expiresAt), it is \(now)")
    }
}
