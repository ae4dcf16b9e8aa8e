import CPKCS11

/// One open session of a token, for one caller at a time; it must not be kept.
struct TokenSession {
    private let calls: TokenCalls
    private let number: UInt
    /// The number of the connection that the session belongs to.
    let connection: UInt64

    init(_ calls: TokenCalls, number: UInt, connection: UInt64) {
        (self.calls, self.number, self.connection) = (calls, number, connection)
    }

    /// Signs in one part.
    func sign(_ data: [UInt8], mechanism: UInt, key: UInt) throws(TokenCallError) -> [UInt8] {
        try calls.sign(data, mechanism: mechanism, key: key, in: number)
    }

    /// Finds objects of a class by id and label, where they are given.
    func find(_ objectClass: UInt, id: [UInt8]?, label: String?) throws(TokenCallError) -> [UInt] {
        try calls.find(objectClass, id: id, label: label, in: number)
    }

    func attribute(_ attribute: UInt, of object: UInt) throws(TokenCallError) -> [UInt8] {
        try calls.attribute(attribute, of: object, in: number)
    }

    /// The type of a key; nil where the token does not say it.
    func keyType(of object: UInt) -> UInt? {
        guard let bytes = try? attribute(cpkcs11_type_attribute, of: object), bytes.count == MemoryLayout<UInt>.size
        else { return nil }
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt.self) }
    }

    /// Makes a key pair on the token that signs and can never leave it.
    func generate(
        mechanism: UInt, type: UInt, parameters: [UInt8], label: String
    ) throws(TokenCallError) -> (publicKey: UInt, privateKey: UInt) {
        try calls.generate(mechanism: mechanism, type: type, parameters: parameters, label: label, in: number)
    }

    func setID(_ id: [UInt8], of object: UInt) throws(TokenCallError) {
        try calls.setID(id, of: object, in: number)
    }

    func destroy(_ object: UInt) throws(TokenCallError) {
        try calls.destroy(object, in: number)
    }
}
