import Glibc
import Signing
import Storage

/// A folder with an empty registry in it, removed with the test.
final class ScratchRegistry: Sendable {
    let folder: String
    var path: String { folder + "/registry.sqlite" }

    init() throws {
        var template = Array("/tmp/suishen-registry-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw StorageError(code: .registryUnwritable, reason: "no scratch folder", hint: "free some space")
        }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try RegistryDatabase.create(at: path, trusting: [])
    }

    static let sealingKey = [UInt8](repeating: 1, count: FieldCipher.keyByteCount)

    /// Of the keys that every test's registry has.
    static func cipher() throws -> FieldCipher {
        try FieldCipher(
            sealingKey: sealingKey,
            digestKey: [UInt8](repeating: 2, count: FieldCipher.keyByteCount), epochs: EpochKeyRing([epochKey()]),
            random: SystemRandom())
    }

    static func epochKey(_ number: UInt32 = 1, at time: UInt64 = 0) throws -> FieldEpochKey {
        try FieldEpochKey(
            number: number, begunAt: time,
            secret: [UInt8](repeating: UInt8(number), count: FieldEpochKey.secretByteCount))
    }

    static func fields() throws -> FieldKeys { try cipher().fields }

    deinit {
        for name in ["registry.sqlite", "copy.sqlite"] {
            for suffix in ["", "-wal", "-shm"] { unsafe unlink("\(folder)/\(name)\(suffix)") }
        }
        unsafe rmdir(folder)
    }

    /// What a process killed this instant leaves: the file and its log, without the shared index.
    func copyAsACrashLeavesIt() throws -> String {
        for suffix in ["", "-wal"] { try write(read(path + suffix), to: "\(folder)/copy.sqlite\(suffix)") }
        return folder + "/copy.sqlite"
    }

    func read(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else { return [] }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = unsafe fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = unsafe fopen(path, "wb") else {
            throw StorageError(code: .registryUnwritable, reason: "\(path) does not open", hint: "free some space")
        }
        unsafe fwrite(bytes, 1, bytes.count, file)
        unsafe fclose(file)
    }
}
