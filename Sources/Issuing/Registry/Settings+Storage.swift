import PostgreSQLStorage

extension Settings {
    static let storageField = Field(
        name: "storage",
        comment: """
            where the registry and the logs' entries are kept: in the folder, or in a PostgreSQL database; the URI has no
            password, which stands in the file that passfile=/PATH in the URI names
            """,
        takes: "a URI like postgresql://USER@HOST,HOST,HOST/DATABASE, or folder"
    ) {
        guard $0 != "folder" else {
            $1.storage = nil
            return true
        }
        guard (try? PostgreSQLAddress(url: $0)) != nil else { return false }
        $1.storage = $0
        return true
    } write: {
        $0.storage.map(SettingsLine.written) ?? "folder"
    }
}
