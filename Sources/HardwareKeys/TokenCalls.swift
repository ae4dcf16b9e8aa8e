import CPKCS11
import Signing

/// The calls of a module that runs; it must not be kept beyond the closure that gets it.
@safe struct TokenCalls {
    /// The most objects that one search gives.
    private static let objectCountMax = 64
    /// The most slots that are looked at.
    private static let slotCountMax = 256

    private let module: OpaquePointer

    init(_ module: OpaquePointer) {
        unsafe self.module = module
    }

    /// The slots with a token that was initialised, and what each says of itself.
    func tokens() -> [(slot: UInt, token: cpkcs11_token)] {
        var slots = [UInt](repeating: 0, count: Self.slotCountMax)
        var count = UInt(slots.count)
        guard unsafe cpkcs11_slots(module, &slots, &count) == 0 else { return [] }
        return slots.prefix(Int(min(count, UInt(slots.count)))).compactMap { slot in
            var token = cpkcs11_token()
            guard unsafe cpkcs11_token_info(module, slot, &token) == 0, token.is_initialized else { return nil }
            return (slot, token)
        }
    }

    func openSession(in slot: UInt, writes: Bool) throws(TokenCallError) -> UInt {
        var session: UInt = 0
        try check(unsafe cpkcs11_open_session(module, slot, writes, &session))
        return session
    }

    func close(_ session: UInt) {
        _ = unsafe cpkcs11_close_session(module, session)
    }

    func logIn(_ session: UInt, pin: [UInt8]) -> cpkcs11_result {
        unsafe cpkcs11_login(module, session, pin, pin.count)
    }

    /// Signs in one part.
    func sign(_ data: [UInt8], mechanism: UInt, key: UInt, in session: UInt) throws(TokenCallError) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: 256)
        var count = signature.count
        try check(unsafe cpkcs11_sign(module, session, mechanism, key, data, data.count, &signature, &count))
        guard count <= signature.count else { throw .failed(cpkcs11_no_token) }
        signature.removeLast(signature.count - count)
        return signature
    }

    /// Finds objects of a class by id and label, where they are given.
    func find(
        _ objectClass: UInt, id: [UInt8]?, label: String?, in session: UInt
    ) throws(TokenCallError) -> [UInt] {
        var objects = [UInt](repeating: 0, count: Self.objectCountMax)
        var count = objects.count
        let (id, label) = (id ?? [], Array((label ?? "").utf8))
        try check(
            unsafe cpkcs11_find(module, session, objectClass, id, id.count, label, label.count, &objects, &count))
        return Array(objects.prefix(count))
    }

    func attribute(_ attribute: UInt, of object: UInt, in session: UInt) throws(TokenCallError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1024)
        var count = bytes.count
        try check(unsafe cpkcs11_attribute(module, session, object, attribute, &bytes, &count))
        return Array(bytes.prefix(count))
    }

    /// Makes a key pair on the token that signs and can never leave it.
    func generate(
        mechanism: UInt, type: UInt, parameters: [UInt8], label: String, in session: UInt
    ) throws(TokenCallError) -> (publicKey: UInt, privateKey: UInt) {
        var (publicKey, privateKey): (UInt, UInt) = (0, 0)
        let label = Array(label.utf8)
        try check(
            unsafe cpkcs11_generate(
                module, session, mechanism, type, parameters, parameters.count, label, label.count, &publicKey,
                &privateKey))
        return (publicKey, privateKey)
    }

    func setID(_ id: [UInt8], of object: UInt, in session: UInt) throws(TokenCallError) {
        try check(unsafe cpkcs11_set_id(module, session, object, id, id.count))
    }

    func destroy(_ object: UInt, in session: UInt) throws(TokenCallError) {
        try check(unsafe cpkcs11_destroy(module, session, object))
    }

    private func check(_ result: cpkcs11_result) throws(TokenCallError) {
        guard result == 0 else { throw .failed(result) }
    }
}

/// Why calls in a session ended early.
enum TokenCallError: Error {
    /// The result of a call.
    case failed(cpkcs11_result)
    /// What the calls found is not what was wanted; the session is sound.
    case refused(SigningError)
}
