/// The stage of a key's life.
package enum KeyStatus: String, Sendable, CaseIterable {
    /// It signs.
    case active
    /// It no longer signs; codes that it signed before its retirement stay valid until they expire.
    case retired
    /// Somebody else may hold it: no signature of it is valid, whenever it was made.
    ///
    /// A code under such a key is refused as `key_expired`, with the warning `key_compromised`; a key left out of the
    /// bundle altogether gives `unknown_issuer`.
    case compromised
}
