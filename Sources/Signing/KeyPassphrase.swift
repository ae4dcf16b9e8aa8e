/// The passphrase of wrapped key files, wiped when it is no longer needed.
package final class KeyPassphrase: Sendable {
    /// Bytes of a passphrase; a shorter one is guessed too soon.
    package static let byteCounts = 8...1024

    private let bytes: [UInt8]

    /// Takes a passphrase; the caller wipes its own copy.
    ///
    /// - Throws: `passphrase_unusable` for one that is too short or too long.
    package init(_ bytes: [UInt8]) throws(SigningError) {
        guard Self.byteCounts.contains(bytes.count) else {
            throw SigningError(
                code: .passphraseUnusable, reason: "the passphrase has \(bytes.count) bytes",
                hint: "use 8 to 1024 bytes, best 32 random ones: `openssl rand -base64 32`")
        }
        // A copy of its own: the caller wipes the other one.
        self.bytes = bytes.map { $0 }
    }

    deinit {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe SecretFile.wipe(UnsafeMutableRawBufferPointer(mutating: buffer))
        }
    }

    func withBytes<Value>(_ body: (UnsafePointer<CChar>, Int) -> Value) -> Value? {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe buffer.baseAddress.map { unsafe body($0.assumingMemoryBound(to: CChar.self), buffer.count) }
        }
    }
}
