/// What an issuer's published lists say about a code.
package enum CodeStatus: Sendable, Equatable {
    /// Not revoked, as far as the issuer had said at that time.
    case live(asOf: UInt64)
    case revoked(asOf: UInt64)
    /// The lists are missing, too old, or not signed as they must be.
    case unknown(BundleError)
}
