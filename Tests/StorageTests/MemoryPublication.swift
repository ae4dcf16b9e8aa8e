import Synchronization

@testable import Storage

/// Published files in a dictionary: nothing is kept once it is gone.
final class MemoryTiles: TileStore {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var unreadable: Set<String> = []
        /// How often each path was written.
        var writeCounts: [String: Int] = [:]
    }

    private let state = Mutex(State())

    var files: [String: [UInt8]] { state.withLock(\.files) }
    var writeCounts: [String: Int] { state.withLock(\.writeCounts) }

    func makeUnreadable(_ path: String) {
        _ = state.withLock { $0.unreadable.insert(path) }
    }

    func read(_ path: String) throws(LogError) -> [UInt8]? {
        let (bytes, isUnreadable) = state.withLock { ($0.files[path], $0.unreadable.contains(path)) }
        if isUnreadable { throw .unreadable("\(path) is marked as unreadable") }
        return bytes
    }

    func exists(_ path: String) throws(LogError) -> Bool {
        try read(path) != nil
    }

    func writeOnce(_ bytes: [UInt8], at path: String) throws(LogError) {
        let kept = state.withLock { state in
            state.writeCounts[path, default: 0] += 1
            if state.files[path] == nil { state.files[path] = bytes }
            return state.files[path]
        }
        guard kept == bytes, try read(path) == bytes else { throw .occupied(path) }
    }

    func replace(_ bytes: [UInt8], at path: String, expecting expected: [UInt8]?) throws(LogError) -> Bool {
        state.withLock { state in
            guard state.files[path] == expected else { return false }
            state.files[path] = bytes
            return true
        }
    }

    func sync(_ paths: [String]) {}

    func writeFolder<Value>(
        _ folder: String, _ fill: (_ write: (String, [UInt8]) throws(LogError) -> Void) throws -> Value
    ) throws -> Value {
        remove(folder)
        var written: [String: [UInt8]] = [:]
        let value = try fill { path, bytes in written["\(folder)/\(path)"] = bytes }
        state.withLock { $0.files.merge(written) { $1 } }
        return value
    }

    func list(_ folder: String) -> [String] {
        let names = files.keys.filter { $0.hasPrefix(folder + "/") }.compactMap {
            $0.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init)
        }
        return Array(Set(names))
    }

    func remove(_ folder: String) {
        state.withLock { state in state.files = state.files.filter { !$0.key.hasPrefix(folder + "/") } }
    }

    func discardUnfinished() -> [String] { [] }
}

/// The newest checkpoint in a variable.
final class MemoryRegister: CheckpointRegister {
    private struct State {
        var bytes: [UInt8]?
        var isUnreadable = false
    }

    private let state = Mutex(State())

    func makeUnreadable() {
        state.withLock { $0.isUnreadable = true }
    }

    func head() throws(LogError) -> [UInt8]? {
        let (bytes, isUnreadable) = state.withLock { ($0.bytes, $0.isUnreadable) }
        if isUnreadable { throw .unreadable("the checkpoint is marked as unreadable") }
        return bytes
    }

    func replace(
        expecting expected: [UInt8]?, with bytes: [UInt8], announce: () throws -> Void
    ) throws -> CheckpointReplacement {
        try state.withLock { state in
            if state.isUnreadable { throw LogError.unreadable("the checkpoint is marked as unreadable") }
            guard state.bytes == expected else { return .refused(present: state.bytes) }
            try announce()
            state.bytes = bytes
            return .replaced
        }
    }
}
