import Glibc
import TestSupport

/// A file that whoever opens it waits for, until it is let go: `env` words for a daemon's start.
struct StalledFile {
    let environment: [String]
    private let trigger: String

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        static void stall(const char *path) {
            const char *end = getenv("STALL_ON"), *trigger = getenv("STALL_WHILE");
            if (!end || !trigger || strlen(path) < strlen(end)) return;
            if (strcmp(path + strlen(path) - strlen(end), end) != 0) return;
            while (access(trigger, F_OK) == 0) usleep(1000);
        }
        #define OPEN(NAME) int NAME(const char *path, int flags, ...) { \\
            va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest); \\
            stall(path); \\
            return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #NAME))(path, flags, mode); }
        OPEN(open)
        OPEN(open64)
        """

    /// Makes ready for a file whose path has that end.
    init(_ end: String, in folder: ScratchFolder) throws {
        let source = try folder.write(Array(Self.source.utf8), to: "stall.c")
        let library = folder("stall.so")
        trigger = try folder.write([], to: "stall")
        let words = ["clang", "-shared", "-fPIC", "-U_FORTIFY_SOURCE", "-o", library, source, "-ldl"]
        let outcome = try HTTPDaemon.run(words)
        guard outcome.status == 0 else { throw MissingFile(path: "\(library): \(outcome.output)") }
        environment = ["env", "LD_PRELOAD=\(library)", "STALL_ON=\(end)", "STALL_WHILE=\(trigger)"]
    }

    func letGo() { unsafe unlink(trigger) }
}
