extension GateBundle {
    /// The part of every verdict that names its bundle.
    func trust(at now: UInt64) -> Findings.Trust {
        Findings.Trust(
            bundleVersion: version, ageSeconds: now > issuedAt ? now - issuedAt : 0, isStale: now >= expiresAt)
    }
}
