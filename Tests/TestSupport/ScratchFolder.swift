package import Glibc

/// A folder for one test, removed with everything in it.
package final class ScratchFolder: Sendable {
    package let path: String

    /// Makes a folder of a new name.
    ///
    /// - Parameter parent: the folder that it is made in.
    /// - Throws: ``MissingFile`` when it cannot be made there.
    package init(inside parent: String = "/tmp") throws {
        var template = Array("\(parent)/suishen-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw MissingFile(path: parent) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// A path inside the folder.
    package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file of the folder and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o644) throws -> String {
        let target = self(name)
        guard let file = unsafe fopen(target, "wb") else { throw MissingFile(path: target) }
        defer { unsafe fclose(file) }
        guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw MissingFile(path: target) }
        unsafe chmod(target, mode)
        return target
    }

    deinit {
        Self.remove(path)
    }

    /// Removes a file, a symbolic link but not its target, or a folder with everything in it.
    private static func remove(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if descriptor >= 0, let folder = unsafe fdopendir(descriptor) {
            while let entry = unsafe readdir(folder) {
                let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { remove("\(path)/\(name)") }
            }
            unsafe closedir(folder)
        }
        _ = unsafe Glibc.remove(path)
    }
}
