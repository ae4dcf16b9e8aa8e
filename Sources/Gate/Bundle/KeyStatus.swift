/// Where a key stands in its life.
package enum KeyStatus: String, Sendable, CaseIterable {
    /// It signs.
    case active
    /// It signs no more; what it signed stays good until it expires.
    case retired
    /// Somebody else may hold it: nothing under it is good, whenever it was signed.
    ///
    /// A code under such a key is refused as `key_expired`, with the warning `key_compromised`; a key left out of the
    /// bundle altogether gives `unknown_issuer`.
    case compromised
}
