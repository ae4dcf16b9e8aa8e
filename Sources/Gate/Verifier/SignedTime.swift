/// The rules about times that signed material states, against the time of this machine's clock.
///
/// Material that states a later time than the clock proves that the clock is behind, or that the material is dated
/// ahead; either way the gate does not decide. It also remembers nothing of that material, so one bundle or list that is
/// dated ahead cannot close the gate for good.
enum SignedTime {
    /// How far a bundle's version may lie ahead of the clock, in seconds: an issuer numbers its bundles by seconds since
    /// 1970, or by one more than the last number.
    static let versionAheadSecondsMax: UInt64 = 86_400

    /// Whether the clock is behind a signed time by more than the skew.
    static func isAhead(_ time: UInt64, of now: UInt64, skewSeconds: UInt64) -> Bool {
        time > now && time - now > skewSeconds
    }

    /// Refuses a signed time that the clock is behind by more than the skew.
    ///
    /// - Parameters:
    ///   - time: the signed time.
    ///   - name: the signed material, for the error.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - skewSeconds: the gate's clock skew.
    /// - Throws: `clock_before_bundle`.
    static func check(_ time: UInt64, of name: String, at now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        guard isAhead(time, of: now, skewSeconds: skewSeconds) else { return }
        throw BundleError(
            code: .clockBefore, reason: "it is now \(now) by this machine's clock, but \(name) was signed at \(time)",
            hint: "set this machine's clock; if it is right, fetch the newest bundle with its status lists")
    }

    /// Throws `clock_before_bundle` if a bundle's version lies more than a day ahead of the clock.
    static func check(version: UInt64, at now: UInt64) throws(BundleError) {
        guard isAhead(version, of: now, skewSeconds: versionAheadSecondsMax) else { return }
        throw BundleError(
            code: .clockBefore,
            reason: "it is now \(now) by this machine's clock, and bundle version \(version) is over a day ahead",
            hint: "set this machine's clock; if it is right, ask the issuer for a bundle with a lower version")
    }
}
