import Storage

extension PostgreSQLSession {
    /// Sets the session's limits, and refuses a server that would acknowledge a write before it is kept.
    func prepareSession() throws(StorageError) {
        let settings = [
            ("idle_in_transaction_session_timeout", "\(idleMilliseconds)"), ("lock_timeout", "2000"), ("jit", "off"),
            // Statements are planned once, perhaps over empty tables; each has an index for when they are large.
            ("enable_seqscan", "off"),
        ].map { "set_config('\($0.0)', '\($0.1)', false)" }
        let names = ["synchronous_commit", "fsync", "full_page_writes", "server_encoding"]
        let reads = names.map { "current_setting('\($0)')" }
        let found: [String?]?
        do {
            found = try first("SELECT \((reads + settings).joined(separator: ", "))", []) { row in
                names.indices.map { row.string($0) }
            }
        } catch {
            throw error as? StorageError ?? .unavailable("\(error)")
        }
        let allowed: [Set<String>] = [["on", "remote_apply"], ["on"], ["on"], ["UTF8"]]
        for (place, name) in names.enumerated() {
            guard let value = found?[place], !allowed[place].contains(value) else { continue }
            throw StorageError(
                code: .registryUnwritable, reason: "the database has \(name) = \(value), which the registry refuses",
                hint: "set \(name) to \(allowed[place].sorted().joined(separator: " or ")) for this database and user")
        }
    }
}
