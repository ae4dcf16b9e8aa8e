/// Why a gate bundle, a status list or an epoch key file is not taken.
package struct BundleError: Error, Equatable, Sendable {
    /// What was wrong; stable, only ever added to.
    package enum Code: String, Sendable, CaseIterable {
        /// A file is missing, unreadable, too large or not in its form.
        case unreadable = "bundle_unreadable"
        /// Nobody the gate trusts signed it.
        case badSignature = "bad_signature"
        /// Older than the newest this gate has seen.
        case rollback = "bundle_rollback"
        /// A status list is missing, or signed by a key without that use.
        case statusUnknown = "status_unknown"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }

    static func malformed(_ what: String) -> BundleError {
        BundleError(code: .unreadable, reason: what, hint: "export it again with `suishen bundle export`")
    }
}
