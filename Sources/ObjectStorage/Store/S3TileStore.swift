package import Storage
import TraceLog

/// The published files of one log in a bucket.
///
/// Writes go out several at a time, and ``sync(_:)`` waits for their answers. A file is one object, which readers see
/// whole or not at all.
package final class S3TileStore: TileStore {
    /// The most bytes of a file; the longest one is a bundle of 256 entries.
    private static let fileByteCountMax = EntryBundle.byteCountMax

    private let client: S3Client
    private let probe: S3Probe
    private let uploads = S3Uploads()
    private let once: S3UploadBatch
    /// The beginning of every key of this log.
    private let folder: String
    /// The newest files, for ``S3ServedTiles``.
    let memory = S3TileMemory()

    /// - Parameters:
    ///   - client: the bucket.
    ///   - folder: the log's folder below the bucket's prefix.
    ///   - probe: tries the service before the first write.
    package init(_ client: S3Client, folder: String, probe: S3Probe) {
        self.client = client
        self.probe = probe
        self.folder = client.place.inside(folder)
        once = S3UploadBatch(uploads)
    }

    package func read(_ path: String) throws(LogError) -> [UInt8]? {
        once.settle(path)
        guard let object = try client.read(folder + path, byteCountMax: Self.fileByteCountMax) else { return nil }
        memory.keep(object.bytes, at: path)
        return object.bytes
    }

    package func exists(_ path: String) throws(LogError) -> Bool {
        once.settle(path)
        return try client.exists(folder + path, byteCountMax: Self.fileByteCountMax)
    }

    /// Starts the write; ``sync(_:)`` throws its error.
    package func writeOnce(_ bytes: [UInt8], at path: String) throws(LogError) {
        try probe.check()
        once.start(path) { [self] () throws(LogError) in
            let key = folder + path
            if case .refused = try client.write(bytes, to: key, if: .absent, as: .lasting, isSettled: true) {
                // An object that was removed in between is no error of this write, but it is not there either.
                guard let present = try client.read(key, byteCountMax: Self.fileByteCountMax) else {
                    throw .storageSilent("\(path) was removed while it was written")
                }
                guard present.bytes == bytes else { throw .occupied(path) }
            }
            memory.keep(bytes, at: path)
        }
    }

    package func replace(
        _ bytes: [UInt8], at path: String, expecting expected: [UInt8]?
    ) throws(LogError) -> Bool {
        try probe.check()
        once.settle(path)
        let key = folder + path
        let before = try client.read(key, byteCountMax: Self.fileByteCountMax)
        guard before?.bytes == expected else { return false }
        let condition = before.map { S3Condition.matching($0.entityTag) } ?? .absent
        let outcome = try client.write(bytes, to: key, if: condition, as: .changing, isSettled: false)
        guard case .refused(let isUnsure) = outcome else { return true }
        // A write whose answer was lost is settled by the bytes that are there.
        guard isUnsure else { return false }
        return try client.read(key, byteCountMax: Self.fileByteCountMax)?.bytes == bytes
    }

    package func sync(_ paths: [String]) throws(LogError) {
        try once.finish(paths)
    }

    /// Removes the other files of an earlier folder last: what two publishers write is never missing in between.
    package func writeFolder<Value>(
        _ name: String, _ fill: (_ write: (String, [UInt8]) throws(LogError) -> Void) throws -> Value
    ) throws -> Value {
        try probe.check()
        memory.forget(name)
        var surplus = Set(try client.everyKey("\(folder)\(name)/"))
        let batch = S3UploadBatch(uploads)
        let value: Value
        do {
            value = try fill { file, bytes throws(LogError) in
                let key = "\(folder)\(name)/\(file)"
                surplus.remove(key)
                batch.start(key) { [self] () throws(LogError) in
                    _ = try client.write(bytes, to: key, if: .none, as: .lasting, isSettled: true)
                }
            }
        } catch {
            try? batch.finish()
            throw error
        }
        try batch.finish()
        try removeAll(surplus)
        return value
    }

    package func list(_ name: String) throws(LogError) -> [String] {
        try client.list(name.isEmpty ? folder : "\(folder)\(name)/")
    }

    package func remove(_ name: String) {
        memory.forget(name)
        if let keys = try? client.everyKey("\(folder)\(name)/") { try? removeAll(keys) }
    }

    /// An object appears whole, so that a crash leaves no half of one.
    package func discardUnfinished() -> [String] { [] }

    private func removeAll(_ keys: some Sequence<String>) throws(LogError) {
        let batch = S3UploadBatch(uploads)
        for key in keys {
            batch.start(key) { [client] () throws(LogError) in try client.delete(key) }
        }
        try batch.finish()
    }
}
