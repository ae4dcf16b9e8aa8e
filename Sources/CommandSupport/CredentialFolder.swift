import Glibc

/// The folder in which systemd puts the credentials of a unit (`LoadCredential`, systemd.exec(5)).
package enum CredentialFolder {
    /// Nil outside a unit that has credentials.
    package static var path: String? {
        unsafe getenv("CREDENTIALS_DIRECTORY").map { unsafe String(cString: $0) }
    }
}
