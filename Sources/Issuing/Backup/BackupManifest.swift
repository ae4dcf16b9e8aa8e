import Encoding
import Gate
import Storage
import TraceLog

/// What a backup contains, at its end and under its authentication.
struct BackupManifest: Sendable, Equatable {
    /// A file outside the log.
    struct File: Sendable, Equatable {
        let path: String
        let byteCount: UInt64
        /// SHA-256 of the content.
        let digest: [UInt8]
    }

    private static let format: Int64 = 1
    /// The most bytes of a manifest, with room for thousands of key files.
    static let byteCountMax = 4 << 20

    /// The version of the program that made the backup.
    var version = ""
    /// Seconds since 1970-01-01T00:00:00Z.
    var madeAt: UInt64 = 0
    var issuer = ""
    var host = ""
    var installation: [UInt8]?
    /// The registry's count of commits, which the beat had reached or was about to reach.
    var commitCount: UInt64 = 0
    /// The newest bundle version that the registry knows.
    var bundleVersion: UInt64 = 0
    /// A log's checkpoint, whose files the backup has.
    struct Log: Sendable, Equatable {
        let name: String
        let size: UInt64
        let root: [UInt8]
        /// The number of entries in the registry, which may be more.
        let entryCount: UInt64
    }

    var logs: [Log] = []
    var files: [File] = []
    var logFileCount: UInt64 = 0
    var logByteCount: UInt64 = 0
    /// SHA-256 over the digests of the log's files, in their order.
    var logDigest: [UInt8] = []

    var json: JSONValue {
        func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }
        return [
            "backup": .integer(Self.format), "version": .string(version), "madeAt": number(madeAt),
            "issuer": .string(issuer), "host": .string(host),
            "installation": installation.map { .string(Hex.encode($0)) } ?? .null, "commits": number(commitCount),
            "bundleVersion": number(bundleVersion),
            "logs": .array(
                logs.map { log in
                    [
                        "name": .string(log.name), "size": number(log.size), "root": .string(Hex.encode(log.root)),
                        "entries": number(log.entryCount),
                    ]
                }),
            "files": .array(
                files.map { file in
                    [
                        "path": .string(file.path), "bytes": number(file.byteCount),
                        "sha256": .string(Hex.encode(file.digest)),
                    ]
                }),
            "logFiles": [
                "files": number(logFileCount), "bytes": number(logByteCount),
                "sha256": .string(Hex.encode(logDigest)),
            ],
        ]
    }

    init() {}

    /// Reads a manifest; nil for anything that no version wrote.
    init?(json bytes: [UInt8]) {
        func number(_ value: JSONValue?) -> UInt64? { value?.integer.flatMap(UInt64.init(exactly:)) }
        func hex(_ value: JSONValue?) -> [UInt8]? { (value?.string).flatMap { try? Hex.decode($0) } }
        guard let json = try? JSONValue.parse(bytes, byteCountMax: Self.byteCountMax),
            json["backup"]?.integer == Self.format, let version = json["version"]?.string,
            let madeAt = number(json["madeAt"]), let issuer = json["issuer"]?.string,
            let host = json["host"]?.string, let commitCount = number(json["commits"]),
            let bundleVersion = number(json["bundleVersion"]), let logs = json["logs"]?.array,
            let files = json["files"]?.array, let logFileCount = number(json["logFiles"]?["files"]),
            let logByteCount = number(json["logFiles"]?["bytes"]), let logDigest = hex(json["logFiles"]?["sha256"])
        else { return nil }
        (self.version, self.madeAt, self.issuer, self.host) = (version, madeAt, issuer, host)
        (self.commitCount, self.bundleVersion, installation) = (commitCount, bundleVersion, hex(json["installation"]))
        (self.logFileCount, self.logByteCount, self.logDigest) = (logFileCount, logByteCount, logDigest)
        for log in logs {
            guard let name = log["name"]?.string, let size = number(log["size"]), let root = hex(log["root"]),
                let entryCount = number(log["entries"])
            else { return nil }
            self.logs.append(Log(name: name, size: size, root: root, entryCount: entryCount))
        }
        for file in files {
            guard let path = file["path"]?.string, let byteCount = number(file["bytes"]),
                let digest = hex(file["sha256"])
            else { return nil }
            self.files.append(File(path: path, byteCount: byteCount, digest: digest))
        }
    }
}

/// The head of a file in a backup: the path's byte count (2 bytes), the path, the mode (2), the content's byte count
/// (8).
struct BackupFileHead: Sendable, Equatable {
    static let pathByteCountMax = 255

    let path: String
    let mode: UInt16
    let byteCount: UInt64

    var encoded: [UInt8] {
        let path = Array(path.utf8)
        return Self.bytes(UInt64(path.count), 2) + path + Self.bytes(UInt64(mode), 2) + Self.bytes(byteCount, 8)
    }

    /// Whether a backup may have a file at a path: no path leads out of the folder, or to a file of a running daemon.
    static func isAllowed(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...pathByteCountMax).contains(path.utf8.count),
            !parts.contains(where: { $0.isEmpty || $0.first == "." }),
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return false }
        switch parts[0] {
        case "keys": return parts.count == 2
        case _ where isOfLog(path): return parts.count >= 2
        default: return parts.count == 1 && names.contains(path)
        }
    }

    /// Whether a path is of a published log's file.
    static func isOfLog(_ path: String) -> Bool { LogName.allCases.contains { path.hasPrefix($0.folder + "/") } }

    /// The files beside the folders of keys and of the logs.
    static let names = [
        "suishend.yaml", "registry.sqlite", BundleExport.rootName, RootChain.name, "transit-network.json",
    ]

    static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}
