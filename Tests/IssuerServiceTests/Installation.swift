import Encoding
import Glibc
import IssuerService
import Signing

/// A fresh installation in a scratch folder, opened for one test and removed with it.
final class Installation: Sendable {
    let state: StateDirectory
    private let folder: String

    init(_ suite: Suite = .ed25519) throws {
        var template = Array("/tmp/suishen-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw OperationError(code: "scratch", reason: "no scratch folder", hint: "free some space")
        }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        state = StateDirectory(path: folder + "/state")
        var settings = Settings()
        settings.suite = suite
        try state.create(settings, random: SystemRandom(), at: 1_800_000_000)
    }

    deinit {
        for name in ["keys", "log", "run", ""] { Self.empty("\(state.path)/\(name)") }
        unsafe rmdir(folder)
    }

    func open() throws -> IssuingService {
        try IssuingService(state, random: SystemRandom())
    }

    /// Every byte that the installation's registry has on disk.
    func registryBytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        for suffix in ["", "-wal"] {
            guard let file = unsafe fopen(state.registry + suffix, "rb") else { continue }
            defer { unsafe fclose(file) }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = unsafe fread(&chunk, 1, chunk.count, file), count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            }
        }
        return bytes
    }

    private static func empty(_ path: String) {
        guard let folder = unsafe opendir(path) else { return }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { unsafe remove("\(path)/\(name)") }
        }
        unsafe closedir(folder)
        unsafe rmdir(path)
    }
}

extension IssuingService {
    /// One request at a fixed time, by a fixed user.
    func ask(
        _ operation: IssuerOperation, _ body: JSONValue, at now: UInt64 = 1_800_000_000, key: String? = nil
    ) async throws(OperationError) -> JSONValue {
        try await perform(operation, body, by: Caller(uid: 1000, now: now, idempotencyKey: key))
    }
}
