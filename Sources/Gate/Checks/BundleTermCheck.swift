import ForeignCodes

/// The bundle has not expired, or the scene's grace period lasts.
struct BundleInTerm: Proof {
    static let check = ScanCheck.bundleTerm

    init(_ bundle: GateBundle, in scene: Scene, at now: UInt64) throws(Refusal) {
        let (end, overflows) = bundle.expiresAt.addingReportingOverflow(scene.bundleGraceSeconds)
        guard overflows || now < end else {
            throw Refusal(.bundleExpired, "the bundle expired at \(bundle.expiresAt); it is now \(now)")
        }
    }
}
