/// Signs with a private key that is not in this process's memory.
package protocol MessageSigner: Sendable {
    /// Signs a whole message.
    ///
    /// - Returns: 64 bytes: the signature of RFC 8032, or r‖s.
    /// - Throws: `key_unavailable`, `token_pin_refused`, `token_key_missing`, `signing_failed`.
    func sign(_ message: [UInt8]) throws(SigningError) -> [UInt8]

    /// Refuses while the private key is known to be out of reach, without signing anything.
    ///
    /// - Throws: as ``sign(_:)``.
    func checkAvailable() throws(SigningError)
}
