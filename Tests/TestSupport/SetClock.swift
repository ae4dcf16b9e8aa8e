import Glibc

/// A wall clock that a test sets for commands, also while they run; other clocks stay as they are.
package struct SetClock: Sendable {
    /// The words that start a command under this clock.
    package let words: [String]
    private let folder: ScratchFolder

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <time.h>
        #include <unistd.h>
        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = ((int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime"))(clock, time);
            const char *path = getenv("SET_CLOCK");
            if (clock != CLOCK_REALTIME || !path) return result;
            char digits[24] = {0};
            int file = open(path, O_RDONLY);
            if (file < 0 || pread(file, digits, sizeof digits - 1, 0) <= 0) abort();
            close(file);
            time->tv_sec = strtoll(digits, 0, 10);
            time->tv_nsec = 0;
            return 0;
        }
        """

    /// Makes a clock that stands at a time.
    package init(at seconds: UInt64) throws {
        folder = try ScratchFolder()
        let source = try folder.write(Array(Self.source.utf8), to: "clock.c")
        let library = folder("clock.so")
        let outcome = try Program(path: "/usr/bin/env").run(
            ["clang", "-shared", "-fPIC", "-o", library, source, "-ldl"])
        guard outcome.status == 0 else { throw MissingFile(path: "\(library): \(outcome.diagnostics)") }
        words = ["env", "LD_PRELOAD=\(library)", "SET_CLOCK=\(folder("time"))"]
        try set(seconds)
    }

    /// Sets the clock, in seconds since 1970-01-01T00:00:00Z.
    package func set(_ seconds: UInt64) throws {
        try folder.write(Array("\(seconds)".utf8), to: "time.new")
        guard unsafe rename(folder("time.new"), folder("time")) == 0 else { throw MissingFile(path: folder("time")) }
    }
}
