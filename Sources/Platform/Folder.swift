import Glibc

/// What is done to a folder itself.
package enum Folder {
    /// Brings the names of a folder's files to the disk, so that they outlast a power failure.
    ///
    /// - Returns: false, and the cause in `errno`, when the folder cannot be opened or synced.
    package static func sync(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    /// The names of a folder's entries, sorted; none where it cannot be read.
    package static func names(in path: String) -> [String] {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        guard let stream = unsafe fdopendir(descriptor) else {
            close(descriptor)
            return []
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, a symbolic link but not its target, or a folder with everything in it.
    ///
    /// - Parameters:
    ///   - path: the entry; an absent one is no failure.
    ///   - depthMax: the most folders below one another; what lies deeper stays.
    package static func remove(_ path: String, depthMax: Int = 4) {
        if depthMax > 0 { for name in names(in: path) { remove("\(path)/\(name)", depthMax: depthMax - 1) } }
        _ = unsafe Glibc.remove(path)
    }
}
