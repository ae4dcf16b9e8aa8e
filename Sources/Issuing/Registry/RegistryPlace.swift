import PostgreSQLStorage
import Storage

/// Where an installation's registry is kept: in a file of its folder, or in a PostgreSQL database.
enum RegistryPlace: Sendable {
    case file(String)
    case database(PostgreSQLAddress)

    /// The place that the settings name.
    ///
    /// - Throws: `storage_url_invalid`.
    init(_ state: StateDirectory, _ settings: Settings) throws(StorageError) {
        if let url = settings.storage {
            self = .database(try PostgreSQLAddress(url: url))
        } else {
            self = .file(state.registry)
        }
    }

    /// Makes the registry of a new installation.
    ///
    /// - Parameters:
    ///   - keys: the first keys of the trust list.
    ///   - epochKeys: the first epoch keys.
    ///   - installation: the installation's identifier.
    /// - Throws: `registry_exists`, `registry_unwritable`, `storage_unavailable`.
    func create(
        trusting keys: [IssuerKeyRecord], epochKeys: [FieldEpochKey], installation: [UInt8]
    ) throws(StorageError) {
        switch self {
        case .file(let path):
            try RegistryDatabase.create(
                at: path, trusting: keys, epochKeys: epochKeys, installation: installation, isLogPublished: true)
        case .database(let address):
            try PostgreSQLStore.create(
                at: address, trusting: keys, epochKeys: epochKeys, installation: installation, isLogPublished: true)
        }
    }

    /// Removes the tables of a new installation that could not be made; a file goes with its folder.
    ///
    /// A failure is not reported.
    ///
    /// - Parameter installation: the new installation's identifier; another one's tables stay.
    func withdraw(_ installation: [UInt8]) {
        guard case .database(let address) = self else { return }
        try? PostgreSQLStore.remove(at: address, of: installation)
    }

    /// Opens the registry for reading alone, without changing it.
    ///
    /// - Throws: `registry_missing`, `registry_corrupt`, `schema_newer`, `storage_unavailable`.
    func readingOnly() throws(StorageError) -> any RegistryStore {
        switch self {
        case .file(let path): try RegistryDatabase(readingOnly: path)
        case .database(let address): try PostgreSQLStore(readingOnly: address)
        }
    }

    /// Opens the registry if it passes a check, which also finds the keys that the opening needs.
    ///
    /// - Parameter check: inspects the registry before anything is changed, and makes the cipher.
    /// - Returns: the registry, and the result of the check.
    /// - Throws: the errors of ``readingOnly()``, `upgrade_failed`, `registry_unwritable`, or the error of `check`.
    func opening<Checked>(
        check: (any RegistryStore) throws -> (FieldCipher, Checked)
    ) throws -> (any RegistryStore, Checked) {
        switch self {
        case .file(let path): try RegistryDatabase.opening(path: path) { try check($0) }
        case .database(let address): try PostgreSQLStore.opening(at: address) { try check($0) }
        }
    }
}
