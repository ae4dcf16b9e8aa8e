import CPKCS11
import HardwareKeys
import Signing

/// A token by bare calls of its module, without a pool, a lock or a check; the module runs already.
@safe final class BareToken: Sendable {
    // Safe to share: the module was started with the system's locks.
    nonisolated(unsafe) private let module: OpaquePointer
    private let slot: UInt
    private let id: [UInt8]
    private let algorithm: SignatureAlgorithm

    /// Opens the module a second time, which gives the same one, and finds the token's slot by its label.
    init(_ uri: TokenURI, algorithm: SignatureAlgorithm) throws {
        var reason: UnsafePointer<CChar>?
        guard let path = uri.modulePath, let id = uri.id, let module = unsafe cpkcs11_open(path, &reason) else {
            throw Missing()
        }
        unsafe self.module = module
        (self.id, self.algorithm) = (id, algorithm)
        var slots = [UInt](repeating: 0, count: 64)
        var count = UInt(slots.count)
        guard unsafe cpkcs11_slots(module, &slots, &count) == 0 else { throw Missing() }
        let found = slots.prefix(Int(count)).first { slot in
            var token = cpkcs11_token()
            guard unsafe cpkcs11_token_info(module, slot, &token) == 0 else { return false }
            let label = unsafe withUnsafeBytes(of: token.label) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            return label == uri.token
        }
        guard let found else { throw Missing() }
        slot = found
    }

    /// A function that makes one signature in a session of its own; the user has logged in already.
    func signer() throws -> () -> Void {
        var session: UInt = 0
        guard unsafe cpkcs11_open_session(module, slot, false, &session) == 0 else { throw Missing() }
        var keys = [UInt](repeating: 0, count: 1)
        var count = 1
        guard
            unsafe cpkcs11_find(module, session, cpkcs11_private_class, id, id.count, [], 0, &keys, &count) == 0,
            count == 1
        else { throw Missing() }
        let (session_, key, mechanism) = (session, keys[0], algorithm == .es256 ? cpkcs11_ecdsa : cpkcs11_eddsa)
        let data = [UInt8](repeating: 0x61, count: algorithm == .es256 ? 32 : 80)
        var signature = [UInt8](repeating: 0, count: 256)
        return { [self] in
            var count = signature.count
            let result = unsafe cpkcs11_sign(module, session_, mechanism, key, data, data.count, &signature, &count)
            // No input reaches this: the same key has signed through the pool before.
            precondition(result == 0, "the token signs")
        }
    }

    struct Missing: Error {}
}
