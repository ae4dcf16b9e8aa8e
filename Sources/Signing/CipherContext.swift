import COpenSSL

/// Owns one `EVP_CIPHER_CTX`; not copyable, so it is freed exactly once.
@safe struct CipherContext: ~Copyable {
    private let pointer: OpaquePointer

    init() {
        // No input reaches this: only a machine without memory does.
        guard let pointer = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("no memory is left") }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(pointer)
    }

    /// Encrypts or decrypts one block, without mode or padding; nil when the library refuses.
    func block(_ input: [UInt8], cipher: LibraryCipher, key: [UInt8], encrypt: Bool) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: input.count)
        var count: Int32 = 0
        let done =
            unsafe EVP_CipherInit_ex2(pointer, cipher.pointer, key, nil, encrypt ? 1 : 0, nil) == 1
            && EVP_CIPHER_CTX_set_padding(pointer, 0) == 1
            && EVP_CipherUpdate(pointer, &output, &count, input, Int32(input.count)) == 1
        guard done, count == input.count else {
            ERR_clear_error()
            return nil
        }
        return output
    }

    /// Encrypts with CCM (SP 800-38C): ciphertext, then the tag; nil when the library refuses.
    func seal(
        _ plaintext: [UInt8], cipher: LibraryCipher, key: [UInt8], nonce: [UInt8], additionalData: [UInt8],
        tagByteCount: Int
    ) -> [UInt8]? {
        var sealed = [UInt8](repeating: 0, count: plaintext.count)
        var tag = [UInt8](repeating: 0, count: tagByteCount)
        var count: Int32 = 0
        let done =
            unsafe EVP_CIPHER_CTX_reset(pointer) == 1
            && EVP_CipherInit_ex2(pointer, cipher.pointer, nil, nil, 1, nil) == 1
            && suishen_cipher_set_nonce_count(pointer, Int32(nonce.count)) == 1
            && suishen_cipher_set_tag(pointer, Int32(tagByteCount), nil) == 1
            && EVP_CipherInit_ex2(pointer, nil, key, nonce, 1, nil) == 1
            && EVP_CipherUpdate(pointer, nil, &count, nil, Int32(plaintext.count)) == 1
            && (additionalData.isEmpty
                || EVP_CipherUpdate(pointer, nil, &count, additionalData, Int32(additionalData.count)) == 1)
            && EVP_CipherUpdate(pointer, &sealed, &count, plaintext, Int32(plaintext.count)) == 1
            && suishen_cipher_get_tag(pointer, Int32(tagByteCount), &tag) == 1
        guard done else {
            ERR_clear_error()
            return nil
        }
        return sealed + tag
    }

    /// Decrypts the result of ``seal``; nil when the tag is wrong.
    func open(
        _ ciphertext: ArraySlice<UInt8>, tag: ArraySlice<UInt8>, cipher: LibraryCipher, key: [UInt8],
        nonce: [UInt8], additionalData: [UInt8]
    ) -> [UInt8]? {
        let input = Array(ciphertext)
        var tag = Array(tag)
        var plaintext = [UInt8](repeating: 0, count: input.count)
        var count: Int32 = 0
        let done =
            unsafe EVP_CIPHER_CTX_reset(pointer) == 1
            && EVP_CipherInit_ex2(pointer, cipher.pointer, nil, nil, 0, nil) == 1
            && suishen_cipher_set_nonce_count(pointer, Int32(nonce.count)) == 1
            && suishen_cipher_set_tag(pointer, Int32(tag.count), &tag) == 1
            && EVP_CipherInit_ex2(pointer, nil, key, nonce, 0, nil) == 1
            && EVP_CipherUpdate(pointer, nil, &count, nil, Int32(input.count)) == 1
            && (additionalData.isEmpty
                || EVP_CipherUpdate(pointer, nil, &count, additionalData, Int32(additionalData.count)) == 1)
            && EVP_CipherUpdate(pointer, &plaintext, &count, input, Int32(input.count)) == 1
        guard done else {
            ERR_clear_error()
            return nil
        }
        return plaintext
    }
}
