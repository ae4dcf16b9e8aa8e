import GRDB

/// A registry's file, changed without the service.
struct RegistryFile {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Runs statements, each in a transaction of its own.
    func execute(_ sql: String) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql) }
    }
}
