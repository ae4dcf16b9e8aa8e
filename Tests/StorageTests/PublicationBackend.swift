import Foundation
import ObjectStorage
import TestSupport
import TraceLog

@testable import Storage

/// The stores of published files and checkpoint that every test of their protocols runs against.
enum PublicationBackend: String, CaseIterable, Sendable {
    case directory, memory, bucket

    /// Those that can be opened here.
    static let available = allCases.filter { $0 != .bucket || S3Server.isAvailable }

    /// An empty store.
    func open() throws -> OpenPublication {
        switch self {
        case .directory:
            let scratch = try ScratchFolder()
            // The log's folder itself is made with its first file.
            let directory = LogDirectory(path: scratch("log"))
            return OpenPublication(tiles: directory, register: directory) { path in
                // Modes do not bind root; a folder in a file's place cannot be read by anybody.
                try? FileManager.default.removeItem(atPath: scratch("log/" + path))
                try FileManager.default.createDirectory(
                    atPath: scratch("log/" + path), withIntermediateDirectories: true)
            }
        case .bucket:
            let opened = try OpenBucket()
            return OpenPublication(tiles: opened.tiles, register: opened.register) { path in
                try opened.bucket.order("\"put\": \"a/b/log/\(path)\", \"text\": \"\"")
            }
        case .memory:
            let (tiles, register) = (MemoryTiles(), MemoryRegister())
            return OpenPublication(tiles: tiles, register: register) { path in
                path == PublishedCheckpoint.name ? register.makeUnreadable() : tiles.makeUnreadable(path)
            }
        }
    }
}

/// Published files and a checkpoint, and the way to damage them.
struct OpenPublication: Sendable {
    let tiles: any TileStore
    let register: any CheckpointRegister
    /// Makes a file unreadable, or the checkpoint by its name.
    let makeUnreadable: @Sendable (String) throws -> Void
}
