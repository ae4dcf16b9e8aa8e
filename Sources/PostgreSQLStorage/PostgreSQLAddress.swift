import CPostgreSQL
package import Storage

/// The place of a registry in a PostgreSQL cluster: a connection URI without a password (libpq, "Connection URIs").
package struct PostgreSQLAddress: Sendable, Equatable {
    /// The most bytes of a URI.
    package static let byteCountMax = 4096
    /// The parameters that are secrets themselves; a file or a certificate takes their place.
    private static let secrets: Set = ["password", "sslpassword"]

    /// The URI as it was given.
    package let url: String
    /// The hosts and the name of the database, for messages.
    package let place: String

    /// Reads a URI.
    ///
    /// - Parameter url: `postgresql://USER@HOST:PORT,HOST:PORT/DATABASE?PARAMETER=VALUE`; a UNIX socket's folder is
    ///   given as `?host=/FOLDER`.
    /// - Throws: `storage_url_invalid`, also for a URI with a password. The error does not show the URI.
    package init(url: String) throws(StorageError) {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://"), url.utf8.count <= Self.byteCountMax,
            !url.utf8.contains(0), let parameters = Self.parameters(of: url)
        else {
            throw Self.invalid(
                "the storage is not a connection URI of PostgreSQL",
                "write it as `postgresql://USER@HOST/DATABASE`; a file of the registry needs no setting")
        }
        guard Self.secrets.isDisjoint(with: parameters.keys) else {
            throw Self.invalid(
                "the connection URI of the storage has a password",
                "leave it out, and put it into the file that `passfile=FILE` or PGPASSFILE names, or use `sslcert`")
        }
        self.url = url
        place = "\(parameters["host"] ?? parameters["hostaddr"] ?? "the local socket")/\(parameters["dbname"] ?? "")"
    }

    /// The parameters that the URI itself sets; nil for a malformed URI.
    private static func parameters(of url: String) -> [String: String]? {
        guard let options = unsafe PQconninfoParse(url, nil) else { return nil }
        defer { unsafe PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                found[unsafe String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return found
    }

    private static func invalid(_ reason: String, _ hint: String) -> StorageError {
        StorageError(code: .storageURLInvalid, reason: reason, hint: hint)
    }
}
