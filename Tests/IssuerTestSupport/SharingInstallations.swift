package import Issuing
package import TestSupport

/// Folders of daemons that share one registry in PostgreSQL and one bucket.
package struct SharingInstallations: Sendable {
    package let bucket: S3Bucket
    package let installations: [Installation]
    private let server: PostgreSQLServer
    private let schema: String

    /// Whether what they share can be had here.
    package static let isAvailable = PostgreSQLServer.shared != nil && S3Server.isAvailable

    /// - Parameters:
    ///   - count: the number of daemons.
    ///   - change: changes the settings of each one; it gets the number and the folder of one.
    /// - Throws: the error of an installation, or ``MissingFile``.
    package init(count: Int = 2, change: (inout Settings, Int, ScratchFolder) throws -> Void = { _, _, _ in }) throws {
        guard let server = PostgreSQLServer.shared else { throw MissingFile(path: "a server of PostgreSQL") }
        self.server = server
        schema = try server.makeSchema()
        bucket = try S3Bucket()
        let folders = try (0..<count).map { _ in try ScratchFolder() }
        let settings = try bucket.settings(keysIn: folders[0])
        let url = server.url(schema: schema)
        let first = try Installation(in: folders[0], storage: url, settings: settings)
        for folder in folders.dropFirst() {
            let copied = try Program(path: "/bin/cp").run(["-a", first.state.path, folder("state")])
            guard copied.status == 0 else { throw MissingFile(path: copied.diagnostics) }
        }
        installations = [first] + folders.dropFirst().map { Installation(madeIn: $0) }
        for (number, installation) in installations.enumerated() {
            var settings = try Settings(contentsOf: installation.state.settings)
            try change(&settings, number, installation.folder)
            try installation.write(settings)
        }
    }

    /// Runs statements in the registry's schema.
    @discardableResult
    package func run(_ sql: String) throws -> String { try server.run("SET search_path = \(schema); \(sql)") }

    /// Lets the lease end, as its holder's pause would.
    package func expireLease() throws { try run("UPDATE log_lease SET expires = '-infinity'") }
}
