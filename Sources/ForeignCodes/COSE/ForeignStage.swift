/// One step from a scanned text to a verdict on another issuer's code.
package enum ForeignStage: String, Sendable, CaseIterable {
    case unprefix, base45, zlib, cose, cbor, signature, expiration, keyusage, schema
}

/// What became of one step.
package enum ForeignStageResult: String, Sendable {
    case ok, failed
    /// A step before it failed, so that there was nothing to check.
    case skipped
}
