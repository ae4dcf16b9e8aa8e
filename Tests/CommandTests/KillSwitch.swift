import TestSupport

/// Kills a command before one of its changes to a disk, or in the middle of a write.
struct KillSwitch {
    private let folder: ScratchFolder
    private let library: String

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <stdarg.h>
        #include <stdatomic.h>
        #include <stdlib.h>
        #include <sys/stat.h>
        #include <unistd.h>
        static atomic_int count;
        static int is_last(void) { return atomic_fetch_add(&count, 1) + 1 == atoi(getenv("KILL_AT")); }
        static void step(void) { if (is_last()) kill(getpid(), SIGKILL); }
        #define CHANGE(name, parameters, words) \\
            int name parameters { step(); return ((int (*) parameters)dlsym(RTLD_NEXT, #name)) words; }
        CHANGE(rename, (const char *a, const char *b), (a, b))
        CHANGE(link, (const char *a, const char *b), (a, b))
        CHANGE(symlink, (const char *a, const char *b), (a, b))
        CHANGE(unlink, (const char *a), (a))
        CHANGE(remove, (const char *a), (a))
        CHANGE(mkdir, (const char *a, mode_t b), (a, b))
        CHANGE(chmod, (const char *a, mode_t b), (a, b))
        CHANGE(fchmod, (int a, mode_t b), (a, b))
        CHANGE(fsync, (int a), (a))
        CHANGE(fdatasync, (int a), (a))
        char *mkdtemp(char *a) { step(); return ((char *(*)(char *))dlsym(RTLD_NEXT, "mkdtemp"))(a); }
        int mkstemp(char *a) { step(); return ((int (*)(char *))dlsym(RTLD_NEXT, "mkstemp"))(a); }
        int open(const char *path, int flags, ...) {
            va_list list;
            va_start(list, flags);
            int mode = flags & O_CREAT ? va_arg(list, int) : 0;
            va_end(list);
            if (flags & O_CREAT) step();
            return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open"))(path, flags, mode);
        }
        ssize_t write(int file, const void *bytes, size_t size) {
            ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
            struct stat status;
            if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
                step();
                if (is_last()) {
                    next(file, bytes, size / 2);
                    kill(getpid(), SIGKILL);
                }
            }
            return next(file, bytes, size);
        }
        ssize_t pwrite(int file, const void *bytes, size_t size, off_t place) {
            ssize_t (*next)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
            step();
            if (is_last()) {
                next(file, bytes, size / 2, place);
                kill(getpid(), SIGKILL);
            }
            return next(file, bytes, size, place);
        }
        """

    init() throws {
        folder = try ScratchFolder()
        library = folder("kill.so")
        let source = try folder.write(Array(Self.source.utf8), to: "kill.c")
        let outcome = try Program(path: "/usr/bin/env").run(
            ["clang", "-shared", "-fPIC", "-o", library, source, "-ldl"])
        guard outcome.status == 0 else { throw MissingFile(path: "\(library): \(outcome.diagnostics)") }
    }

    /// The words before a command, under a clock, that is killed at its change of this number, counted from 1.
    func words(at number: Int, _ clock: SetClock) -> [String] {
        clock.words.dropFirst().map { $0.hasPrefix("LD_PRELOAD=") ? "\($0):\(library)" : $0 } + ["KILL_AT=\(number)"]
    }
}
