import Synchronization

/// The tiles that were written or read last, in a bounded memory; only files that never change.
final class S3TileMemory: Sendable {
    /// The most bytes that are kept.
    static let byteCountMax = 32 << 20
    /// The longest file that is kept: a bundle of long entries would put too many others out.
    private static let fileByteCountMax = 1 << 20
    private static let topFolder = "tile/"

    private struct State {
        var files: [String: (bytes: [UInt8], use: UInt64)] = [:]
        var byteCount = 0
        var useCount: UInt64 = 0
    }

    private let state = Mutex(State())

    func file(_ path: String) -> [UInt8]? {
        state.withLock { state in
            guard let file = state.files[path] else { return nil }
            state.useCount += 1
            state.files[path]?.use = state.useCount
            return file.bytes
        }
    }

    func keep(_ bytes: [UInt8], at path: String) {
        guard path.hasPrefix(Self.topFolder), bytes.count <= Self.fileByteCountMax else { return }
        state.withLock { state in
            state.useCount += 1
            let former = state.files.updateValue((bytes, state.useCount), forKey: path)
            state.byteCount += bytes.count - (former?.bytes.count ?? 0)
            if state.byteCount > Self.byteCountMax { Self.makeRoom(&state) }
        }
    }

    func forget(_ folder: String) {
        state.withLock { state in
            for path in state.files.keys where path.hasPrefix(folder + "/") {
                state.byteCount -= state.files.removeValue(forKey: path)?.bytes.count ?? 0
            }
        }
    }

    /// Drops the files that were used least lately, down to half, so that it is not done for each file.
    private static func makeRoom(_ state: inout State) {
        for (path, file) in state.files.sorted(by: { $0.value.use < $1.value.use }) {
            guard state.byteCount > byteCountMax / 2 else { return }
            state.files[path] = nil
            state.byteCount -= file.bytes.count
        }
    }
}
