import Platform
package import Signing

/// The place of a PIN or a passphrase: a file that only its owner may read, or a credential of systemd.
package enum PINSource: Sendable, Equatable {
    /// A file with mode 0400, by its absolute path.
    case file(String)
    /// A credential of the unit (`LoadCredential=NAME:…`, systemd.exec(5)).
    case credential(String)

    /// The most bytes of a PIN or a passphrase.
    private static let byteCountMax = 1024

    /// Reads `file:/PATH`, `file:///PATH` or `credential:NAME`; nil for anything else.
    package init?(_ text: String) {
        if text.hasPrefix("file:") {
            var path = text.dropFirst("file:".count)
            if path.hasPrefix("///") { path = path.dropFirst(2) }
            guard path.hasPrefix("/"), !path.hasPrefix("//"), !path.hasSuffix("/") else { return nil }
            self = .file(String(path))
            return
        }
        guard text.hasPrefix("credential:") else { return nil }
        let name = text.dropFirst("credential:".count)
        let isName =
            (1...255).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard isName else { return nil }
        self = .credential(String(name))
    }

    package var text: String {
        switch self {
        case .file(let path): "file:" + path
        case .credential(let name): "credential:" + name
        }
    }

    /// Reads the secret without the line break at its end.
    ///
    /// - Parameter credentialFolder: `$CREDENTIALS_DIRECTORY`; nil outside a unit.
    /// - Returns: a secret: the caller wipes it with `SecretFile.wipe`.
    /// - Throws: `passphrase_unusable`, or the error of the file.
    package func read(credentialFolder: String?) throws(SigningError) -> [UInt8] {
        var bytes: [UInt8]
        switch self {
        case .file(let path): bytes = try SecretFile.read(path, byteCountMax: Self.byteCountMax)
        case .credential(let name):
            guard let credentialFolder else {
                throw Self.unusable(
                    "the credential \(name) exists only in a unit of systemd",
                    "start the command as a unit with LoadCredential=\(name):PATH, or use file:/PATH")
            }
            do throws(RegularFileError) {
                // Systemd lets only the unit's user into this folder; the files' modes may show an access list's mask.
                bytes = try RegularFile.read("\(credentialFolder)/\(name)", byteCountMax: Self.byteCountMax)
            } catch {
                throw Self.unusable(
                    "the credential \(name) cannot be read: \(error.reason)",
                    "name it in the unit with LoadCredential=\(name):PATH")
            }
        }
        if bytes.last == 0x0A { bytes.removeLast() }
        guard !bytes.isEmpty else { throw Self.unusable("\(text) is empty", "put the secret into it") }
        return bytes
    }

    /// Reads a passphrase.
    ///
    /// - Throws: as ``read(credentialFolder:)``.
    package func passphrase(credentialFolder: String?) throws(SigningError) -> KeyPassphrase {
        var bytes = try read(credentialFolder: credentialFolder)
        defer { SecretFile.wipe(&bytes) }
        return try KeyPassphrase(bytes)
    }

    private static func unusable(_ reason: String, _ hint: String) -> SigningError {
        SigningError(code: .passphraseUnusable, reason: reason, hint: hint)
    }
}
