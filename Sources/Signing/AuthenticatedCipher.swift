/// Encryption of fields at rest with AES-CCM (NIST SP 800-38C).
package enum AuthenticatedCipher {
    /// Encrypts and authenticates.
    ///
    /// - Parameters:
    ///   - plaintext: shorter than the nonce's length allows (65,536 bytes with a nonce of 13).
    ///   - key: 16, 24 or 32 bytes.
    ///   - nonce: 7 to 13 bytes, never used twice under one key.
    ///   - additionalData: authenticated as well, but not part of the result.
    ///   - tagByteCount: 4 to 16, even.
    /// - Returns: ciphertext, then the tag.
    /// - Throws: `length_out_of_range`.
    package static func seal(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], additionalData: [UInt8], tagByteCount: Int = 16
    ) throws(SigningError) -> [UInt8] {
        let cipher = try cipher(
            key: key, nonce: nonce, tagByteCount: tagByteCount, textByteCount: plaintext.count,
            additionalByteCount: additionalData.count)
        let contexts = ThreadContexts.current
        guard
            let sealed = contexts.cipher.seal(
                plaintext, cipher: cipher, key: key, nonce: nonce, additionalData: additionalData,
                tagByteCount: tagByteCount)
        else { throw .unavailable("AES-CCM") }
        return sealed
    }

    /// Decrypts the result of ``seal(_:key:nonce:additionalData:tagByteCount:)``.
    ///
    /// - Parameters:
    ///   - sealed: ciphertext, then the tag.
    ///   - key: 16, 24 or 32 bytes.
    ///   - nonce: the nonce that `seal` got.
    ///   - additionalData: the additional data that `seal` got.
    ///   - tagByteCount: 4 to 16, even.
    /// - Returns: the plaintext; nil when the tag is wrong.
    /// - Throws: `length_out_of_range`.
    package static func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], additionalData: [UInt8], tagByteCount: Int = 16
    ) throws(SigningError) -> [UInt8]? {
        guard sealed.count >= tagByteCount else {
            throw .length("a sealed field", sealed.count, allowed: "\(tagByteCount) and more")
        }
        let cipher = try cipher(
            key: key, nonce: nonce, tagByteCount: tagByteCount, textByteCount: sealed.count - tagByteCount,
            additionalByteCount: additionalData.count)
        let contexts = ThreadContexts.current
        let split = sealed.count - tagByteCount
        return contexts.cipher.open(
            sealed[..<split], tag: sealed[split...], cipher: cipher, key: key, nonce: nonce,
            additionalData: additionalData)
    }

    /// Checks every length (SP 800-38C §A.1), then looks the cipher up.
    private static func cipher(
        key: [UInt8], nonce: [UInt8], tagByteCount: Int, textByteCount: Int, additionalByteCount: Int
    ) throws(SigningError) -> LibraryCipher {
        guard (7...13).contains(nonce.count) else { throw .length("a nonce", nonce.count, allowed: "7 to 13") }
        guard (4...16).contains(tagByteCount), tagByteCount.isMultiple(of: 2) else {
            throw .length("a tag", tagByteCount, allowed: "an even number from 4 to 16")
        }
        let lengthBits = min(8 * (15 - nonce.count), 31)
        guard textByteCount < 1 << lengthBits else {
            throw .length("a text", textByteCount, allowed: "fewer than \(1 << lengthBits)")
        }
        guard additionalByteCount < 1 << 31 else {
            throw .length("additional data", additionalByteCount, allowed: "fewer than \(1 << 31)")
        }
        guard [16, 24, 32].contains(key.count) else {
            throw .length("a key", key.count, allowed: "16, 24 or 32")
        }
        guard let cipher = LibraryCipher.ccm(keyByteCount: key.count) else { throw .unavailable("AES-CCM") }
        return cipher
    }
}
