import Glibc

/// Where the tests find the project's folders and the material that lies beside it.
package enum ProjectFiles {
    /// The project's top folder, found from this file's own path.
    package static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    /// The fixtures that ship with the project.
    package static let fixtures = root + "/fixtures"

    /// Vectors and photographs that others made; they lie beside the project, where present.
    package static let shared = root + "/../shared"

    /// Reads a whole file.
    package static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else { throw MissingFile(path: path) }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// The paths of all Swift files below a folder of the project.
    package static func swiftFiles(under folder: String) throws -> [String] {
        var files: [String] = []
        var waiting = ["\(root)/\(folder)"]
        while let next = waiting.popLast() {
            guard let stream = unsafe opendir(next) else { throw MissingFile(path: next) }
            defer { unsafe closedir(stream) }
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.hasPrefix(".") { continue }
                if unsafe entry.pointee.d_type == UInt8(DT_DIR) {
                    waiting.append("\(next)/\(name)")
                } else if name.hasSuffix(".swift") {
                    files.append("\(next)/\(name)")
                }
            }
        }
        return files
    }

    /// Whether a file or folder is there.
    package static func exists(_ path: String) -> Bool {
        unsafe access(path, R_OK) == 0
    }
}

/// A file that a test needs and did not find.
package struct MissingFile: Error {
    package let path: String

    package init(path: String) {
        self.path = path
    }
}
