extension GateBundle {
    /// The newest time that the bundle states for itself or for one of its lists.
    var signedTime: UInt64 { max(issuedAt, statusListTimes.values.max() ?? 0) }

    /// Throws `clock_before_bundle` if the bundle's times or its version lie ahead of the clock.
    func checkNotAhead(of now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        try SignedTime.check(signedTime, of: "bundle \(version)", at: now, skewSeconds: skewSeconds)
        try SignedTime.check(version: version, at: now)
    }
}
