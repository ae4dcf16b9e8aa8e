/// The place of a certificate or a private key of TLS: a file, or a credential of systemd.
package enum PEMPlace: Sendable, Equatable {
    /// A file, by its absolute path.
    case file(String)
    /// A credential of the unit (`LoadCredential=NAME:…`, systemd.exec(5)).
    case credential(String)

    private static let prefix = "credential:"

    /// Reads `/PATH` or `credential:NAME`; nil for anything else.
    init?(_ text: String) {
        if Settings.isAbsolutePath(text) {
            self = .file(text)
            return
        }
        guard text.hasPrefix(Self.prefix) else { return nil }
        let name = text.dropFirst(Self.prefix.count)
        let isName =
            (1...255).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard isName else { return nil }
        self = .credential(String(name))
    }

    var text: String {
        switch self {
        case .file(let path): path
        case .credential(let name): Self.prefix + name
        }
    }

    /// The file's path.
    ///
    /// - Parameter credentialFolder: `$CREDENTIALS_DIRECTORY`; nil outside a unit of systemd.
    /// - Returns: an absolute path.
    /// - Throws: `settings_invalid` for a credential outside a unit.
    package func path(credentialFolder: String?) throws(OperationError) -> String {
        switch self {
        case .file(let path): return path
        case .credential(let name):
            guard let credentialFolder else {
                throw OperationError(
                    code: .settingsInvalid,
                    reason: "the credential \(name) of `listen` exists only in a unit of systemd",
                    hint: "start the daemon as a unit with LoadCredential=\(name):PATH, or name a file")
            }
            return "\(credentialFolder)/\(name)"
        }
    }
}
