import IssuerInterface
import Glibc
import TestSupport

/// A library that ends its process, as kill -9 does, before one of the calls that bring something to the disk or to a
/// client: the commit's sync, each step of writing the beat, and the answer.
struct KillingCalls {
    let path: String
    /// Calls are counted once this file is there.
    let trigger: String

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <signal.h>
        #include <stdatomic.h>
        #include <stdlib.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/uio.h>
        #include <unistd.h>
        static atomic_int count;
        static void step(void) {
            const char *trigger = getenv("KILL_WHEN"), *at = getenv("KILL_AT");
            if (!trigger || !at || access(trigger, F_OK) != 0) return;
            if (atomic_fetch_add(&count, 1) + 1 == atoi(at)) kill(getpid(), SIGKILL);
        }
        static int counts(int file) {
            struct stat status;
            return fstat(file, &status) == 0 && (S_ISREG(status.st_mode) || S_ISSOCK(status.st_mode));
        }
        #define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))
        int fsync(int file) { step(); return NEXT(int (*)(int), "fsync")(file); }
        int fdatasync(int file) { step(); return NEXT(int (*)(int), "fdatasync")(file); }
        int rename(const char *from, const char *to) {
            step();
            return NEXT(int (*)(const char *, const char *), "rename")(from, to);
        }
        ssize_t write(int file, const void *bytes, size_t size) {
            if (counts(file)) step();
            return NEXT(ssize_t (*)(int, const void *, size_t), "write")(file, bytes, size);
        }
        ssize_t writev(int file, const struct iovec *parts, int count) {
            if (counts(file)) step();
            return NEXT(ssize_t (*)(int, const struct iovec *, int), "writev")(file, parts, count);
        }
        """

    init(in folder: ScratchFolder) throws {
        let source = try folder.write(Array(Self.source.utf8), to: "kill.c")
        path = folder("kill.so")
        trigger = folder("kill-now")
        guard try HTTPDaemon.run(["clang", "-shared", "-fPIC", "-o", path, source, "-ldl"]).status == 0 else {
            throw MissingFile(path: path)
        }
    }

    /// Runs a daemon that ends at a call, counted from 1 once ``arm()`` was called.
    func prefix(at call: Int) -> [String] {
        ["env", "LD_PRELOAD=\(path)", "KILL_WHEN=\(trigger)", "KILL_AT=\(call)"]
    }

    func arm() throws {
        guard let file = unsafe fopen(trigger, "w") else { throw MissingFile(path: trigger) }
        unsafe fclose(file)
    }

    func disarm() {
        unsafe unlink(trigger)
    }
}
