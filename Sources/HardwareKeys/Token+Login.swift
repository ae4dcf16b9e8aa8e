import CPKCS11
import Signing

extension Token {
    /// Logs the user in, with a PIN that is read for this and wiped.
    ///
    /// A PIN that the token has refused is not tried again in this process, so that no token is locked by us.
    ///
    /// - Throws: `token_pin_refused`, `key_unavailable`, `passphrase_unusable`, or the error of the PIN's file.
    func logIn(
        _ slot: TokenSlot, session: UInt, module: TokenModule, generation: UInt64
    ) throws(SigningError) {
        guard slot.token.needs_login else { return }
        guard !slot.token.is_pin_locked else { throw .pinRefused(name, "its PIN is locked") }
        guard !slot.token.is_final_try else {
            throw .pinRefused(name, "one more wrong PIN would lock it; log in once with pkcs11-tool")
        }
        guard let source = uri.pinSource else {
            throw SigningError(uri: "\(name) needs a PIN, and it has no pin-source")
        }
        var pin = try source.read(credentialFolder: credentialFolder)
        defer { SecretFile.wipe(&pin) }
        // Salted, since the digest of a short PIN gives it away.
        let digest = DigestAlgorithm.sha256.digest(TokenModule.refusalSalt, pin)
        let place = "\(slot.serial)/\(slot.label)/\(slot.number)"
        guard !module.hasRefused(digest, token: place) else {
            throw .pinRefused(name, "it has refused the PIN in \(source.text) before")
        }
        let result = module.calling(generation) { $0.logIn(session, pin: pin) }
        switch result {
        case 0?, cpkcs11_already_logged_in?: return
        case cpkcs11_pin_incorrect?, cpkcs11_pin_locked?, cpkcs11_pin_invalid?:
            module.noteRefusal(of: digest, token: place)
            throw .pinRefused(
                name, "it refuses the PIN in \(source.text): \(SigningError.name(of: result ?? cpkcs11_pin_incorrect))")
        case let result?: throw .tokenUnavailable(name, "the login answers \(SigningError.name(of: result))")
        case nil: throw .tokenUnavailable(name, "its module was started anew")
        }
    }
}
