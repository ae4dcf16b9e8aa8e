import COpenSSL

/// Owns one `EVP_MD_CTX` set to one digest; not copyable, so it is freed exactly once.
@safe struct DigestContext: ~Copyable {
    private let pointer: OpaquePointer

    /// Makes a context that is ready for the first byte.
    init(_ algorithm: DigestAlgorithm) {
        guard let pointer = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex2(pointer, LibraryDigest.of(algorithm).pointer, nil) == 1
        else { preconditionFailure("libcrypto has no \(algorithm), or the memory is gone") }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe EVP_MD_CTX_free(pointer)
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        let taken = unsafe EVP_DigestUpdate(pointer, bytes.baseAddress, bytes.count)
        precondition(taken == 1, "a digest that was set up takes bytes")
    }

    /// Ends the digest and makes the context ready for the next one.
    func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: DigestAlgorithm.byteCount) { buffer, count in
            let done = unsafe EVP_DigestFinal_ex(pointer, buffer.baseAddress, nil)
            let ready = unsafe EVP_DigestInit_ex2(pointer, nil, nil)
            precondition(done == 1 && ready == 1, "a digest that was set up ends and starts again")
            count = DigestAlgorithm.byteCount
        }
    }

    /// Ends the digest into the caller's memory and makes the context ready for the next one.
    func finalize(into bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count >= DigestAlgorithm.byteCount, "a digest needs room for its 32 bytes")
        let done = unsafe EVP_DigestFinal_ex(pointer, bytes.bindMemory(to: UInt8.self).baseAddress, nil)
        let ready = unsafe EVP_DigestInit_ex2(pointer, nil, nil)
        precondition(done == 1 && ready == 1, "a digest that was set up ends and starts again")
    }
}
