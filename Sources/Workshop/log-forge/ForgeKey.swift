import CommandSupport
import Signing

/// The key that signs a forged log.
enum ForgeKey {
    /// Reads a private key, or makes one that is not saved.
    static func read(_ path: String?) throws(CommandError) -> SigningKey {
        do throws(SigningError) {
            guard let path else { return try .generate(.ed25519) }
            return try SigningKey(contentsOf: path)
        } catch {
            throw CommandError(undecided: error)
        }
    }
}
