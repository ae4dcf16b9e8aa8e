import Glibc
import Platform
import Signing

extension RootChain {
    /// Reads the chain of a bundle's folder; nil where the folder has none.
    ///
    /// - Throws: `bundle_unreadable`, and the errors of ``documents(in:)`` and of the chain's rules.
    init?(in folder: String, root: VerificationKey, users: TrustedUsers) throws(BundleError) {
        let path = "\(folder)/\(Self.name)"
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        try self.init(GateFile.read(path, of: users, byteCountMax: Self.byteCountMax), root: root)
    }
}
