import Glibc

/// The empty file `keys-missing` of a state folder: an operator was told that the server has no sealed keys for the gate.
///
/// The server's answer is the same for a gate that is not registered and for one that is registered without a domain,
/// which needs no keys. So a gate that has never taken sealed keys says once that there are none.
struct MissingKeysNote {
    static let fileName = "keys-missing"

    /// The gate's state folder.
    let folder: String

    /// Makes the file.
    ///
    /// - Returns: whether it was not there before; also true where it cannot be made, so that nothing is kept back.
    func make() -> Bool {
        let descriptor = unsafe open("\(folder)/\(Self.fileName)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno != EEXIST }
        close(descriptor)
        return true
    }
}
