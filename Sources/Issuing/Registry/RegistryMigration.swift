package import Encoding
import Glibc
import Platform
import PostgreSQLStorage
package import Signing
import Storage

/// Moves the registry of an installation from its file into a PostgreSQL database.
package enum RegistryMigration {
    /// Copies every row, compares the rows, and then names the database in the settings.
    ///
    /// The file stays where it is; its beat keeps it from being served once the database has gone on. A move that is cut
    /// off before the settings are replaced has moved nothing.
    ///
    /// - Parameters:
    ///   - state: the installation's folder; no daemon may serve it.
    ///   - url: the connection URI of a database without a registry.
    ///   - random: the source of a first epoch key, if the installation has none.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`.
    ///   - progress: is called after each row.
    /// - Returns: the number of rows of each table.
    /// - Throws: `state_busy`, `settings_invalid`, `registry_exists`, `migration_refused`, or an error of the
    ///   installation or of the database; the installation is unchanged then.
    package static func run(
        _ state: StateDirectory, to url: String, random: any RandomSource, credentialFolder: String? = nil,
        progress: () -> Void = {}
    ) throws(OperationError) -> JSONValue {
        do {
            let address = try PostgreSQLAddress(url: url)
            // The opening checks keys and beat, and brings the file to the newest version.
            let service = try IssuingService(state, random: random, credentialFolder: credentialFolder)
            guard let registry = service.database as? RegistryDatabase else {
                throw OperationError(
                    code: .settingsInvalid, reason: "the registry is in a database already",
                    hint: "to move it to another database, use PostgreSQL's own tools")
            }
            // The beat of the file alone would let an older state of the database be served.
            try service.beat.reachBlocking(Beat.Step(commitCount: service.commitCount))
            var settings = service.settings
            settings.storage = url
            settings = try Settings(text: settings.text)
            let copied = try registry.withTables { source in
                try PostgreSQLStore.create(at: address, with: source, progress: progress)
            }
            try state.replaceSettings(settings)
            let counts = copied.map { JSONObject.Member(key: $0.table.name, value: .integer(Int64($0.rowCount))) }
            return [
                "state": .string(state.path), "storage": .string(address.place), "rows": .object(JSONObject(counts)),
                "rowCount": .integer(Int64(copied.map(\.rowCount).reduce(0, +))),
            ]
        } catch {
            throw OperationError(any: error)
        }
    }
}

extension StateDirectory {
    /// Replaces the settings file in one step, which is on disk when the call returns.
    ///
    /// - Throws: `state_unwritable`.
    fileprivate func replaceSettings(_ new: Settings) throws(OperationError) {
        let temporary = settings + ".new"
        // A killed run may have left it.
        unsafe unlink(temporary)
        do {
            try SecretFile.create(Array(new.text.utf8), at: temporary)
        } catch {
            throw OperationError(error)
        }
        guard unsafe chmod(temporary, 0o600) == 0, unsafe rename(temporary, settings) == 0, Folder.sync(path) else {
            let reason = unsafe String(cString: strerror(errno))
            unsafe unlink(temporary)
            throw OperationError(
                code: .stateUnwritable, reason: "\(settings) cannot be replaced: \(reason)",
                hint: "set `storage` in suishend.yaml yourself: the database has every row of the registry")
        }
    }
}
