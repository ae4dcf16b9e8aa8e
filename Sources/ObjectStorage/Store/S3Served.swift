package import Storage

/// The published files as the daemon's readers get them: from memory where they are there, else from the bucket.
///
/// The publisher reads from the bucket itself, since it signs what it has read back.
package struct S3ServedTiles: TileStore {
    private let store: S3TileStore

    package init(_ store: S3TileStore) {
        self.store = store
    }

    package func read(_ path: String) throws(LogError) -> [UInt8]? {
        if let bytes = store.memory.file(path) { return bytes }
        return try store.read(path)
    }

    package func exists(_ path: String) throws(LogError) -> Bool { try store.exists(path) }

    package func list(_ folder: String) throws(LogError) -> [String] { try store.list(folder) }

    package func writeOnce(_ bytes: [UInt8], at path: String) throws(LogError) {
        try store.writeOnce(bytes, at: path)
    }

    package func replace(
        _ bytes: [UInt8], at path: String, expecting expected: [UInt8]?
    ) throws(LogError) -> Bool {
        try store.replace(bytes, at: path, expecting: expected)
    }

    package func sync(_ paths: [String]) throws(LogError) { try store.sync(paths) }

    package func writeFolder<Value>(
        _ folder: String, _ fill: (_ write: (String, [UInt8]) throws(LogError) -> Void) throws -> Value
    ) throws -> Value {
        try store.writeFolder(folder, fill)
    }

    package func remove(_ folder: String) { store.remove(folder) }

    package func discardUnfinished() -> [String] { store.discardUnfinished() }
}

/// The newest checkpoint as the daemon's readers get it: a copy that is at most a moment old.
package struct S3ServedCheckpoint: CheckpointRegister {
    private let register: S3CheckpointRegister

    package init(_ register: S3CheckpointRegister) {
        self.register = register
    }

    package func head() throws(LogError) -> [UInt8]? { try register.copy() }

    package func replace(
        expecting expected: [UInt8]?, with bytes: [UInt8], announce: () throws -> Void
    ) throws -> CheckpointReplacement {
        try register.replace(expecting: expected, with: bytes, announce: announce)
    }
}
