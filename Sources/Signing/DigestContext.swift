import COpenSSL

/// Owns the state of one digest.
///
/// Every command needs SHA-256, most of them at their start, so it is used without libcrypto's provider. SM3 exists in
/// the provider only.
@safe final class DigestContext {
    /// The state of SHA-256; nil for another digest.
    private let sha256: UnsafeMutablePointer<SHA256_CTX>?
    /// The state of another digest; nil for SHA-256.
    private let fetched: OpaquePointer?

    /// Makes a context for a new digest.
    init(_ algorithm: DigestAlgorithm) {
        switch algorithm {
        case .sha256:
            let context = UnsafeMutablePointer<SHA256_CTX>.allocate(capacity: 1)
            unsafe suishen_sha256_begin(context)
            unsafe (sha256, fetched) = (context, nil)
        case .sm3:
            guard let context = unsafe EVP_MD_CTX_new(),
                unsafe EVP_DigestInit_ex2(context, LibraryDigest.of(algorithm).pointer, nil) == 1
            else {
                // No input reaches this: only a machine without memory, or without a digest in libcrypto, does.
                preconditionFailure("libcrypto has no \(algorithm), or no memory is left")
            }
            unsafe (sha256, fetched) = (nil, context)
        }
    }

    deinit {
        unsafe EVP_MD_CTX_free(fetched)
        guard let sha256 = unsafe sha256 else { return }
        unsafe OPENSSL_cleanse(sha256, MemoryLayout<SHA256_CTX>.size)
        unsafe sha256.deallocate()
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        if let sha256 = unsafe sha256 {
            unsafe suishen_sha256_update(sha256, bytes.baseAddress, bytes.count)
        } else {
            let taken = unsafe EVP_DigestUpdate(fetched, bytes.baseAddress, bytes.count)
            // No input reaches this: libcrypto refuses no bytes of any length once a digest is set up.
            precondition(taken == 1, "an initialised digest accepts bytes")
        }
    }

    /// Finishes the digest and prepares the context for the next one.
    func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: DigestAlgorithm.byteCount) { buffer, count in
            unsafe finalize(into: UnsafeMutableRawBufferPointer(buffer))
            count = DigestAlgorithm.byteCount
        }
    }

    /// Writes the digest to the caller's memory and prepares the context for the next one.
    func finalize(into bytes: UnsafeMutableRawBufferPointer) {
        // No input reaches this: callers bring buffers of a fixed length.
        precondition(bytes.count >= DigestAlgorithm.byteCount, "a digest needs room for its 32 bytes")
        let digest = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
        if let sha256 = unsafe sha256 {
            unsafe suishen_sha256_end(sha256, digest)
            unsafe suishen_sha256_begin(sha256)
        } else {
            let done = unsafe EVP_DigestFinal_ex(fetched, digest, nil)
            let ready = unsafe EVP_DigestInit_ex2(fetched, nil, nil)
            // No input reaches this: libcrypto ends every digest that was set up.
            precondition(done == 1 && ready == 1, "an initialised digest can be finished and restarted")
        }
    }
}
