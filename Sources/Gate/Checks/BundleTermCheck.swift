import ForeignCodes

/// The clock is not behind any signed time that the gate knows, and neither bundle nor root document is dated ahead.
///
/// Otherwise a gate whose clock is set back would accept a copy of an old showing as fresh.
struct ClockNotBehind: Proof {
    static let check = ScanCheck.signedTime

    /// Compares the clock with the bundle and with the gate's memory.
    ///
    /// - Parameters:
    ///   - bundle: the bundle.
    ///   - warrant: the key that signed it, with its root document; nil where the first root signed it.
    ///   - memory: the newest signed time that the gate remembers.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - skewSeconds: the gate's clock skew.
    /// - Throws: `clock_before_bundle`.
    init(
        _ bundle: GateBundle, _ warrant: BundleWarrant?, memory: UInt64, at now: UInt64, skewSeconds: UInt64
    ) throws(Refusal) {
        do throws(BundleError) {
            try warrant?.checkNotAhead(of: now, skewSeconds: skewSeconds)
            try bundle.checkNotAhead(of: now, skewSeconds: skewSeconds)
            try SignedTime.check(memory, of: "a bundle or list that it knows", at: now, skewSeconds: skewSeconds)
        } catch {
            throw Refusal(error)
        }
    }
}

/// The bundle has not expired, or the scene's grace period lasts; its key and root document have not ended at all.
struct BundleInTerm: Proof {
    static let check = ScanCheck.bundleTerm

    init(
        _ bundle: GateBundle, _ warrant: BundleWarrant?, in scene: Scene, at now: UInt64
    ) throws(Refusal) {
        do throws(BundleError) {
            try warrant?.check(at: now)
        } catch {
            throw Refusal(error)
        }
        let (end, overflows) = bundle.expiresAt.addingReportingOverflow(scene.bundleGraceSeconds)
        guard overflows || now < end else {
            throw Refusal(.bundleExpired, "the bundle expired at \(bundle.expiresAt); it is now \(now)")
        }
    }
}
