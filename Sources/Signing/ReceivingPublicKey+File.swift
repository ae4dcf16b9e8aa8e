import Platform

extension ReceivingPublicKey {
    /// The PEM label of a SubjectPublicKeyInfo (RFC 7468 §13).
    private static let label = "PUBLIC KEY"
    private static let fileByteCountMax = 4096

    /// Reads a file with a SubjectPublicKeyInfo in PEM.
    ///
    /// - Throws: `key_unreadable`, `key_malformed`, `key_wrong_algorithm`.
    package init(contentsOf path: String) throws(SigningError) {
        let bytes: [UInt8]
        do throws(RegularFileError) {
            bytes = try RegularFile.read(path, byteCountMax: Self.fileByteCountMax)
        } catch {
            throw SigningError(
                code: .keyUnreadable, reason: "\(path) cannot be read: \(error.reason)",
                hint: "check the path and its permissions")
        }
        guard let document = PEMDocument(bytes), document.label == Self.label else {
            throw SigningError(
                code: .keyMalformed, reason: "\(path) is not a public key in PEM", hint: "name the public half's file")
        }
        try self.init(spki: document.der)
    }

    /// The key as a SubjectPublicKeyInfo in PEM.
    package var pem: [UInt8] { PEMDocument(label: Self.label, der: spki).encoded() }
}
