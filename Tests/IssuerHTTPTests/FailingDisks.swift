import Glibc
import IssuerTestSupport
import Issuing
import TestSupport

/// A small file system in memory with an installation on it.
final class Disk {
    let installation: Installation
    private let point: ScratchFolder
    private let filler: String

    /// Whether this process may mount; root in a container often may not.
    static let canMount: Bool = {
        guard getuid() == 0, let folder = try? ScratchFolder() else { return false }
        guard (try? HTTPDaemon.run(["mount", "-t", "tmpfs", "tmpfs", folder.path]))?.status == 0 else { return false }
        return (try? HTTPDaemon.run(["umount", folder.path]))?.status == 0
    }()

    init(megabytes: Int) throws {
        point = try ScratchFolder()
        guard try HTTPDaemon.run(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", point.path]).status == 0
        else { throw MissingFile(path: point.path) }
        filler = point.path + "/filler"
        installation = try Installation(in: ScratchFolder(inside: point.path))
    }

    /// Takes nearly all room that is left.
    func fill() throws {
        _ = try HTTPDaemon.run(["sh", "-c", "head -c 100m /dev/zero > \(filler); truncate -s -128K \(filler)"])
    }

    /// Takes all room that is left.
    func fillWholly() throws {
        _ = try HTTPDaemon.run(["sh", "-c", "head -c 100m /dev/zero > \(filler)"])
    }

    func makeRoom() throws {
        unsafe unlink(filler)
    }

    func makeReadOnly() throws {
        guard try HTTPDaemon.run(["mount", "-o", "remount,ro", point.path]).status == 0 else {
            throw MissingFile(path: point.path)
        }
    }

    deinit {
        _ = try? HTTPDaemon.run(["umount", "-l", point.path])
    }
}

/// A file system under an installation's state folder that turns read-only as ext4 does once its disk fails.
final class DyingDisk {
    let installation: Installation
    private let image: String

    /// Whether this process may mount such a disk, and the kernel lets it fail.
    static let canFail: Bool = {
        guard getuid() == 0, let disk = try? DyingDisk(), (try? disk.fail()) != nil else { return false }
        return true
    }()

    init() throws {
        installation = try Installation()
        image = installation.folder("image")
        let copy = installation.folder("copy")
        try Self.run(
            """
            truncate -s 32M \(image) && mkfs.ext4 -q \(image) && mkdir \(copy) && mount -o loop \(image) \(copy) &&
            cp -a \(installation.state.path)/. \(copy) && umount \(copy)
            """)
        try mount(image)
    }

    /// Has the kernel find an error on the disk.
    func fail() throws {
        try Self.run(
            "echo 1 > /sys/fs/ext4/$(basename $(findmnt -no SOURCE \(installation.state.path)))/trigger_fs_error")
    }

    /// Checks a copy of the disk and mounts it, as an operator does who no longer trusts the device.
    ///
    /// The failed disk itself stays read-only while any other mount namespace of the machine happens to hold it.
    func mend() throws {
        let copy = image + ".copy"
        try Self.run(
            """
            umount \(installation.state.path) && cp \(image) \(copy) &&
            { e2fsck -fy \(copy) > /dev/null 2>&1 || [ $? -eq 1 ]; }
            """)
        try mount(copy)
    }

    private func mount(_ image: String) throws {
        try Self.run("mount -o loop,errors=remount-ro \(image) \(installation.state.path)")
    }

    private static func run(_ script: String) throws {
        guard try HTTPDaemon.run(["sh", "-c", script]).status == 0 else { throw MissingFile(path: script) }
    }

    deinit {
        _ = try? HTTPDaemon.run(["umount", "-l", installation.state.path])
    }
}

/// A library that makes every sync fail once a file is there, as a dying disk does.
struct FailingSync {
    let path: String
    let trigger: String

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdlib.h>
        #include <unistd.h>
        static int fails(void) {
            const char *trigger = getenv("FAIL_WHEN");
            if (!trigger || access(trigger, F_OK) != 0) return 0;
            errno = EIO;
            return 1;
        }
        int fsync(int file) { return fails() ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file); }
        int fdatasync(int file) { return fails() ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file); }
        """

    init(in folder: ScratchFolder) throws {
        let source = try folder.write(Array(Self.source.utf8), to: "sync.c")
        path = folder("sync.so")
        trigger = folder("disk-is-dying")
        guard try HTTPDaemon.run(["clang", "-shared", "-fPIC", "-o", path, source, "-ldl"]).status == 0 else {
            throw MissingFile(path: path)
        }
    }

    func fail() throws {
        guard let file = unsafe fopen(trigger, "w") else { throw MissingFile(path: trigger) }
        unsafe fclose(file)
    }

    func mend() {
        unsafe unlink(trigger)
    }
}
