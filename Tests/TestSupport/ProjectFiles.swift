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
