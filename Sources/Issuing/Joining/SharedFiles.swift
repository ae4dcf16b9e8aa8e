import Encoding
import Glibc
import Platform
import Signing
import Storage

/// The files that every daemon of an installation has alike: settings, root documents, keys and secrets.
///
/// One after another: the head of ``BackupFileHead``, then the content.
struct SharedFiles: Sendable {
    struct File: Sendable, Equatable {
        let path: String
        let bytes: [UInt8]

        /// Whether the file holds a key, a secret, or the place of a key in a token.
        var isKey: Bool { path.hasPrefix(SharedFiles.keyFolder) }
    }

    private static let keyFolder = "keys/"
    /// The files beside the keys; the first two are in every installation.
    private static let names = ["suishend.yaml", "root.pem", "roots.cbor", "transit-network.json"]
    private static let fileByteCountMax = 1 << 20
    /// The most bytes of all files.
    static let byteCountMax = 8 << 20

    let files: [File]

    /// Reads the files of an installation.
    ///
    /// The first root's private key stays where it is, unless it signs bundles itself: it is for a machine without
    /// network.
    ///
    /// - Throws: `state_unreadable` for a file that cannot be read, or an error of a key's file.
    init(of state: StateDirectory) throws {
        let roots = try InstallationRoots(state)
        var files: [File] = []
        for name in Self.names where unsafe access("\(state.path)/\(name)", F_OK) == 0 {
            files.append(File(path: name, bytes: try Self.read("\(state.path)/\(name)")))
        }
        let keys = Folder.names(in: state.path + "/keys/.").filter { $0.hasSuffix(".pem") || $0.hasSuffix(".key") }
        for name in keys.sorted() where name != KeyRing.rootFile || roots.chain == nil {
            let bytes = try SecretFile.read(state.key(name), byteCountMax: SigningKey.fileByteCountMax)
            files.append(File(path: Self.keyFolder + name, bytes: bytes))
        }
        self.files = files
    }

    /// Reads ``encoded``.
    ///
    /// - Throws: `answer_malformed` for anything else, also for a path that no installation shares.
    init(_ bytes: [UInt8]) throws(OperationError) {
        var rest = bytes[...]
        func number(_ count: Int) -> Int? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Int(exactly: rest.prefix(count).reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
        }
        func text(_ count: Int) -> [UInt8]? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        var files: [File] = []
        while !rest.isEmpty {
            guard let path = number(2).flatMap(text).flatMap({ String(validating: $0, as: UTF8.self) }),
                number(2) != nil, let content = number(8).flatMap(text), Self.isShared(path),
                !files.contains(where: { $0.path == path })
            else { throw Self.malformed }
            files.append(File(path: path, bytes: content))
        }
        guard Self.names.prefix(2).allSatisfy({ name in files.contains { $0.path == name } }) else {
            throw Self.malformed
        }
        self.files = files
    }

    /// The files in the form that is sent; a secret: the caller wipes it.
    var encoded: [UInt8] {
        files.reduce(into: []) { bytes, file in
            bytes += BackupFileHead(path: file.path, mode: 0o400, byteCount: UInt64(file.bytes.count)).encoded
            bytes += file.bytes
        }
    }

    /// The content of a file; nil where the installation has none.
    subscript(_ path: String) -> [UInt8]? { files.first { $0.path == path }?.bytes }

    static let malformed = OperationError(
        code: .answerMalformed, reason: "the daemon's answer does not have the files of an installation",
        hint: "ask a daemon of the same version")

    private static func isShared(_ path: String) -> Bool {
        BackupFileHead.isAllowed(path)
            && (names.contains(path)
                || path.hasPrefix(keyFolder) && (path.hasSuffix(".pem") || path.hasSuffix(".key")))
    }

    private static func read(_ path: String) throws(OperationError) -> [UInt8] {
        do throws(RegularFileError) {
            return try RegularFile.read(path, byteCountMax: fileByteCountMax)
        } catch {
            throw OperationError(
                code: .stateUnreadable, reason: "\(path) cannot be read: \(error.reason)",
                hint: "check the disk, the folder and its permissions")
        }
    }
}
