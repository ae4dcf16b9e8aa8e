import Glibc
import Platform
import TestSupport
import Testing

@Suite("A regular file")
struct RegularFileTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func reading(_ path: String, byteCountMax: Int = 9) throws(RegularFileError) -> [UInt8] {
        try RegularFile.read(path, byteCountMax: byteCountMax)
    }

    @Test("gives all its bytes, also when it is empty or as long as the limit", arguments: [0, 1, 9])
    func whole(count: Int) throws {
        let bytes = (0..<count).map(UInt8.init)
        #expect(try reading(folder.write(bytes, to: "file")) == bytes)
    }

    @Test("is refused when it is longer than the limit")
    func tooLong() throws {
        let path = try folder.write([UInt8](repeating: 1, count: 10), to: "file")
        #expect(throws: RegularFileError.tooLong(byteCount: 10)) { try reading(path) }
    }

    @Test("is never a pipe, a device or a folder, and opening one never waits")
    func otherKinds() throws {
        #expect(unsafe mkfifo(folder("pipe"), 0o600) == 0)
        #expect(throws: RegularFileError.notRegular) { try reading(folder("pipe")) }
        #expect(throws: RegularFileError.notRegular) { try reading("/dev/zero") }
        #expect(throws: RegularFileError.folder) { try reading(folder.path) }
    }

    @Test("that is missing is told from one that cannot be opened")
    func missing() throws {
        try folder.write([], to: "file")
        #expect(throws: RegularFileError.system(ENOENT)) { try reading(folder("none")) }
        #expect(throws: RegularFileError.system(ENOTDIR)) { try reading(folder("file/none")) }
        #expect(throws: RegularFileError.system(ENAMETOOLONG)) {
            try reading(folder(String(repeating: "x", count: 300)))
        }
    }

    @Test("is read behind a symbolic link, unless the caller refuses links")
    func link() throws {
        try folder.write([5], to: "file")
        #expect(unsafe symlink("file", folder("link")) == 0)
        #expect(try reading(folder("link")) == [5])
        #expect(throws: RegularFileError.system(ELOOP)) {
            _ = try RegularFile(folder("link"), byteCountMax: 9, followsLink: false).bytes()
        }
    }

    @Test("that grows or shrinks after it was opened is refused", arguments: [2, 4])
    func changed(count: Int) throws {
        let path = try folder.write([1, 2, 3], to: "file")
        let file = try RegularFile(path, byteCountMax: 9)
        #expect(unsafe truncate(path, count) == 0)
        let refusal: RegularFileError?
        do throws(RegularFileError) {
            _ = try file.bytes()
            refusal = nil
        } catch {
            refusal = error
        }
        #expect(refusal == .changed)
    }

    @Test("is inherited by no child process, and closed once, whether it was read, refused or given away")
    func descriptors() throws {
        let path = try folder.write([1, 2, 3], to: "file")
        let first = try RegularFile(path, byteCountMax: 9).release()
        #expect(fcntl(first, F_GETFD) == FD_CLOEXEC)
        close(first)
        // A leak of one descriptor a call would pass the usual limit of open files.
        for _ in 0..<5000 {
            _ = try reading(path)
            #expect(throws: RegularFileError.self) { try reading(path, byteCountMax: 2) }
        }
    }
}
