import COpenSSL
import Synchronization

/// One key that is set up to sign or to verify many messages, for one caller at a time.
///
/// The set-up costs several microseconds, so it is done once. Ed25519 and the algorithms over a digest need nothing
/// between two messages; SM2 keeps its contexts and the signer's id and restarts for each. Ed25519 only signs here:
/// ``Ed25519Signature`` verifies.
// Sendable although every use changes it: ``KeyOperationPool`` alone holds the operations and lends each to one caller
// at a time.
@safe final class KeyOperation: @unchecked Sendable {
    enum Purpose: Sendable { case sign, verify }

    /// The signer's id of GB/T 32918.2: the default of GM/T 0009 §10.
    private static let signerID = Array("1234567812345678".utf8)

    private let key: KeyHandle
    private let algorithm: SignatureAlgorithm
    private let purpose: Purpose
    private let keyContext: OpaquePointer?
    private let messageContext: OpaquePointer?

    init?(key: KeyHandle, algorithm: SignatureAlgorithm, purpose: Purpose) {
        self.key = key
        self.algorithm = algorithm
        self.purpose = purpose
        let needsKeyContext = algorithm != .ed25519
        let needsMessageContext = algorithm == .ed25519 || algorithm == .sm2
        unsafe keyContext = needsKeyContext ? key.withPointer { unsafe EVP_PKEY_CTX_new_from_pkey(nil, $0, nil) } : nil
        unsafe messageContext = needsMessageContext ? EVP_MD_CTX_new() : nil
        guard unsafe (keyContext != nil) == needsKeyContext, unsafe (messageContext != nil) == needsMessageContext,
            setUp()
        else {
            ERR_clear_error()
            return nil
        }
    }

    deinit {
        unsafe EVP_MD_CTX_free(messageContext)
        unsafe EVP_PKEY_CTX_free(keyContext)
    }

    private func setUp() -> Bool {
        switch (algorithm, purpose) {
        case (.ed25519, .sign):
            return startMessage()
        case (.sm2, _):
            // The key context keeps the id and applies it at each start.
            let id = Self.signerID
            guard unsafe EVP_PKEY_CTX_set1_id(keyContext, id, Int32(id.count)) == 1 else { return false }
            unsafe EVP_MD_CTX_set_pkey_ctx(messageContext, keyContext)
            return true
        case (.es256, .sign):
            return unsafe EVP_PKEY_sign_init(keyContext) == 1
        case (.es256, .verify):
            return unsafe EVP_PKEY_verify_init(keyContext) == 1
        case (.ps256, .verify):
            return unsafe EVP_PKEY_verify_init(keyContext) == 1
                && suishen_set_ps256(keyContext, LibraryDigest.of(.sha256).pointer) == 1
        case (.ed25519, .verify), (.ps256, .sign):
            return false
        }
    }

    private func startMessage() -> Bool {
        let digest = unsafe algorithm == .sm2 ? LibraryDigest.of(.sm3).pointer : nil
        return unsafe key.withPointer { pointer in
            switch purpose {
            case .sign: unsafe EVP_DigestSignInit(messageContext, nil, digest, nil, pointer) == 1
            case .verify: unsafe EVP_DigestVerifyInit(messageContext, nil, digest, nil, pointer) == 1
            }
        }
    }

    /// Signs; the result is raw for Ed25519 and DER for the others; nil when the library fails.
    func sign(_ message: [UInt8]) -> [UInt8]? {
        var signature = [UInt8](repeating: 0, count: 80)
        var count = signature.count
        let done: Bool
        switch algorithm {
        case .ed25519:
            done = unsafe EVP_DigestSign(messageContext, &signature, &count, message, message.count) == 1
        case .sm2:
            done =
                unsafe startMessage()
                && EVP_DigestSign(messageContext, &signature, &count, message, message.count) == 1
        case .es256, .ps256:
            let digest = DigestAlgorithm.sha256.digest(message)
            done = unsafe EVP_PKEY_sign(keyContext, &signature, &count, digest, digest.count) == 1
        }
        guard done else {
            ERR_clear_error()
            return nil
        }
        signature.removeLast(signature.count - count)
        return signature
    }

    /// Verifies a signature in the form that ``sign(_:)`` returns.
    func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        let valid: Bool
        switch algorithm {
        case .ed25519:
            // No input reaches this: a key of that algorithm has no operation: it is checked by libsodium.
            preconditionFailure("no operation is set up to verify Ed25519")
        case .sm2:
            valid =
                unsafe startMessage()
                && EVP_DigestVerify(messageContext, signature, signature.count, message, message.count) == 1
        case .es256, .ps256:
            let digest = DigestAlgorithm.sha256.digest(message)
            valid = unsafe EVP_PKEY_verify(keyContext, signature, signature.count, digest, digest.count) == 1
        }
        // A refusal leaves entries in the error queue; a later failure in this process would report them as its own.
        if !valid { ERR_clear_error() }
        return valid
    }
}

/// The idle operations of one key; there are as many operations as there were callers at the same time.
///
/// A use costs two uncontended locks, a new operation several microseconds.
final class KeyOperationPool: Sendable {
    private let key: KeyHandle
    private let algorithm: SignatureAlgorithm
    private let purpose: KeyOperation.Purpose
    private let idle = Mutex<[KeyOperation]>([])

    init(key: KeyHandle, algorithm: SignatureAlgorithm, purpose: KeyOperation.Purpose) {
        self.key = key
        self.algorithm = algorithm
        self.purpose = purpose
    }

    /// Runs `body` with an operation; nil when none can be set up.
    func withOperation<Result>(_ body: (KeyOperation) -> Result) -> Result? {
        let known = idle.withLock { $0.popLast() }
        guard let operation = known ?? KeyOperation(key: key, algorithm: algorithm, purpose: purpose) else {
            return nil
        }
        defer { idle.withLock { $0.append(operation) } }
        return body(operation)
    }
}
