/// The cipher of a seal: one block of 16 bytes, no mode, no padding.
package enum SealCipher: Sendable, CaseIterable {
    /// AES with a 32-byte key (FIPS 197).
    case aes256
    /// SM4 with a 16-byte key (GB/T 32907).
    case sm4

    /// The byte count of a block.
    package static let blockByteCount = 16

    /// The byte count of a key.
    package var keyByteCount: Int {
        self == .aes256 ? 32 : 16
    }

    /// Encrypts one block of 16 bytes.
    ///
    /// - Throws: `length_out_of_range` when block or key has another length.
    package func encryptBlock(_ block: [UInt8], key: [UInt8]) throws(SigningError) -> [UInt8] {
        try pass(block, key: key, encrypt: true)
    }

    /// Decrypts one block of 16 bytes.
    ///
    /// - Throws: `length_out_of_range` when block or key has another length.
    package func decryptBlock(_ block: [UInt8], key: [UInt8]) throws(SigningError) -> [UInt8] {
        try pass(block, key: key, encrypt: false)
    }

    private func pass(_ block: [UInt8], key: [UInt8], encrypt: Bool) throws(SigningError) -> [UInt8] {
        guard block.count == Self.blockByteCount else {
            throw .length("a block", block.count, allowed: "\(Self.blockByteCount)")
        }
        guard key.count == keyByteCount else {
            throw .length("a \(self) key", key.count, allowed: "\(keyByteCount)")
        }
        let context = ThreadContexts.current
        guard let output = context.cipher.block(block, cipher: .block(self), key: key, encrypt: encrypt)
        else { throw .unavailable("\(self)") }
        return output
    }
}
