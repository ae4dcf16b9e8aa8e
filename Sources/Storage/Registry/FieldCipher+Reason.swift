extension FieldCipher {
    /// Why a code was revoked, sealed for its place in its list: a reason may name a person.
    func sealed(reason: String, list: String, statusIndex: UInt64) throws -> [UInt8] {
        try sealed(Array(reason.utf8), subject: Self.place(list, statusIndex))
    }

    /// The reason again.
    ///
    /// - Throws: `registry_corrupt` when the row does not open under the registry's key.
    func reason(_ sealed: [UInt8], list: String, statusIndex: UInt64) throws -> String {
        guard let bytes = try opened(sealed, subject: Self.place(list, statusIndex)) else {
            throw StorageError(
                code: .registryCorrupt, reason: "a revocation's reason does not open under this registry's key",
                hint: "restore the key files that this registry was made with")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// No person's row is bound to as many bytes.
    private static func place(_ list: String, _ statusIndex: UInt64) -> [UInt8] {
        Array("suishen revocation reason v1 \(list) \(statusIndex)".utf8)
    }
}
