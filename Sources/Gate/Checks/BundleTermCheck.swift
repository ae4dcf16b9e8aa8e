import ForeignCodes

/// The bundle is in its term, or the scene still takes one that has ended.
struct BundleInTerm: Proof {
    static let check = ScanCheck.bundleTerm

    init(_ bundle: GateBundle, in scene: Scene, at now: UInt64) throws(Refusal) {
        let (end, overflows) = bundle.expiresAt.addingReportingOverflow(scene.bundleGraceSeconds)
        guard overflows || now < end else {
            throw Refusal(.bundleExpired, "the bundle ended at \(bundle.expiresAt), it is \(now)")
        }
    }
}
