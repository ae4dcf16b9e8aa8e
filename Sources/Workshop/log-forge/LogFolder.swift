import CommandSupport
import Glibc
import Platform

/// The folder of a log that this tool writes.
struct LogFolder {
    let path: String

    /// Makes the folder; an existing one is refused.
    init(creating path: String) throws(CommandError) {
        guard unsafe mkdir(path, 0o755) == 0 else { throw Self.unwritable(path) }
        self.path = path
    }

    /// Writes a file of the log, and makes its missing folders.
    func write(_ bytes: [UInt8], to name: String) throws(CommandError) {
        let target = "\(path)/\(name)"
        var descriptor = unsafe open(target, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0o644)
        if descriptor < 0, errno == ENOENT {
            var folder = path
            for part in name.split(separator: "/").dropLast() {
                folder += "/\(part)"
                guard unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw Self.unwritable(folder) }
            }
            descriptor = unsafe open(target, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0o644)
        }
        guard descriptor >= 0 else { throw Self.unwritable(target) }
        defer { close(descriptor) }
        guard WholeTransfer.write(bytes, to: descriptor) else { throw Self.unwritable(target) }
    }

    /// Removes a file of the log.
    func remove(_ name: String) throws(CommandError) {
        guard unsafe unlink("\(path)/\(name)") == 0 else { throw Self.unwritable("\(path)/\(name)") }
    }

    /// Copies every file below the folder `source`.
    func copy(_ source: String, below name: String = "") throws(CommandError) {
        guard let folder = unsafe opendir("\(source)/\(name)") else { throw Self.unwritable("\(source)/\(name)") }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let part = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard part != ".", part != ".." else { continue }
            let child = name.isEmpty ? part : "\(name)/\(part)"
            var status = stat()
            guard unsafe stat("\(source)/\(child)", &status) == 0 else { throw Self.unwritable("\(source)/\(child)") }
            if status.st_mode & S_IFMT == S_IFDIR {
                try copy(source, below: child)
            } else {
                try write(try InputFile.read("\(source)/\(child)"), to: child)
            }
        }
    }

    private static func unwritable(_ path: String) -> CommandError {
        CommandError(
            code: "output_unwritable", reason: "\(path) cannot be made: \(unsafe String(cString: strerror(errno)))",
            hint: "name a folder that does not exist, below a folder that you may write to")
    }
}
