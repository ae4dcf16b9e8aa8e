import ArgumentParser
import Glibc
import Gate

/// Writes a gate's folder as `suishen bundle export` does: each file in one step, `bundle.cbor` last.
enum BundleFolder {
    static func write(_ files: BundleExport, into folder: String) throws {
        let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
        for path in [parent, folder, "\(folder)/\(BundleExport.statusFolder)"] { unsafe mkdir(path, 0o700) }
        for file in files.files { try replace("\(folder)/\(file.path)", with: file.bytes, mode: file.mode) }
    }

    /// Replaces the file at `path` with a new one, or makes it.
    static func replace(_ path: String, with bytes: [UInt8], mode: UInt32) throws {
        let temporary = "\(path).new"
        unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw ValidationError("\(path) cannot be written") }
            written += count
        }
        guard fsync(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
            throw ValidationError("\(path) cannot be written")
        }
    }
}
