import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

/// A count that misses some steps when two threads count at a time.
private final class Counter: Sendable {
    let count = Mutex(0)

    func countFifty(under file: LockedFile) {
        for _ in 0..<50 {
            try? file.exclusively(timeoutMilliseconds: 60_000, failure: { $0 }) { () throws(LockedFileError) in
                let before = count.withLock { $0 }
                sched_yield()
                count.withLock { $0 = before + 1 }
            }
        }
    }
}

@Suite("A locked file")
struct LockedFileTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write([], to: "file")
    }

    private func opened(_ name: String = "file") -> LockedFile {
        LockedFile(unsafe open(folder(name), O_RDWR | O_CLOEXEC), at: folder(name))
    }

    private func attempt(_ file: LockedFile, timeoutMilliseconds: Int = 20) -> LockedFileError? {
        do throws(LockedFileError) {
            try file.exclusively(timeoutMilliseconds: timeoutMilliseconds, failure: { $0 }) {
                () throws(LockedFileError) in
            }
            return nil
        } catch {
            return error
        }
    }

    @Test("is refused while somebody else holds it, and free afterwards")
    func busy() throws {
        let file = opened()
        var holder: LockedFile? = opened()
        try holder?.lock()
        #expect(attempt(file) == .busy)
        #expect(attempt(file, timeoutMilliseconds: 0) == .busy)
        holder = nil
        #expect(attempt(file, timeoutMilliseconds: 0) == nil)
    }

    @Test("is got by a caller that waits when its holder lets go in time")
    func waits() async throws {
        let file = opened()
        var holder: LockedFile? = opened()
        try holder?.lock()
        let waiting = Task.detached { attempt(file, timeoutMilliseconds: 60_000) }
        usleep(50_000)
        holder = nil
        #expect(await waiting.value == nil)
    }

    @Test("is free after work that failed")
    func failedWork() throws {
        let file = opened()
        #expect(throws: MissingFile.self) {
            try file.exclusively(failure: { _ in MissingFile(path: "lock") }) { () throws(MissingFile) in
                throw MissingFile(path: "work")
            }
        }
        #expect(attempt(opened(), timeoutMilliseconds: 0) == nil)
    }

    @Test("is refused when another file is at its path, or none, and left unlocked", arguments: [true, false])
    func displaced(isReplaced: Bool) throws {
        let file = opened()
        #expect(unsafe rename(folder("file"), folder("old")) == 0)
        if isReplaced { try folder.write([], to: "file") }
        #expect(attempt(file) == .displaced)
        #expect(attempt(opened("old"), timeoutMilliseconds: 0) == nil)
    }

    @Test("may be a folder, and never a device")
    func kinds() throws {
        let whole = LockedFile(unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), at: folder.path)
        #expect(attempt(whole) == nil)
        #expect(attempt(LockedFile(unsafe open("/dev/null", O_RDWR | O_CLOEXEC), at: "/dev/null")) == .displaced)
        #expect(attempt(LockedFile(-1, at: folder.path)) == .system(EBADF))
    }

    @Test("is used by one thread at a time, with one value or with one value a thread", arguments: [true, false])
    func threads(isShared: Bool) async {
        let (shared, counter) = (opened(), Counter())
        await withTaskGroup { group in
            for _ in 0..<8 {
                let file = isShared ? shared : opened()
                group.addTask { counter.countFifty(under: file) }
            }
        }
        #expect(counter.count.withLock { $0 } == 400)
    }
}
