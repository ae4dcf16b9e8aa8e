import Glibc
import TestSupport
import Testing

@testable import Gate

@Suite("The folder of what a gate remembers")
struct GateFileTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    @Test("is made for its user alone")
    func made() throws {
        try GateFile.makeFolder(folder("state"))
        var status = stat()
        #expect(unsafe stat(folder("state"), &status) == 0 && status.st_mode & 0o077 == 0)
    }

    @Test("may be one that others can read", arguments: [0o700, 0o750, 0o755] as [mode_t])
    func taken(mode: mode_t) throws {
        unsafe mkdir(folder("state"), 0o700)
        unsafe chmod(folder("state"), mode)
        try GateFile.makeFolder(folder("state"))
    }

    @Test("may be none that others can write", arguments: [0o720, 0o702, 0o770, 0o777, 0o1777] as [mode_t])
    func writableByOthers(mode: mode_t) throws {
        unsafe mkdir(folder("state"), 0o700)
        unsafe chmod(folder("state"), mode)
        let refusal = #expect(throws: BundleError.self) { try GateFile.makeFolder(folder("state")) }
        #expect(refusal?.code == .unreadable)
        #expect(refusal?.reason.contains("mode 0\(String(mode, radix: 8))") == true)
        #expect(refusal?.hint.contains("--state") == true)
    }

    @Test("may be none of another user", .enabled(if: geteuid() == 0, "only root can give folders away"))
    func ownedByAnother() throws {
        unsafe mkdir(folder("state"), 0o700)
        try #require(unsafe chown(folder("state"), 12_345, 12_345) == 0)
        let refusal = #expect(throws: BundleError.self) { try GateFile.makeFolder(folder("state")) }
        #expect(refusal?.code == .unreadable)
    }

    @Test("holds nothing up by a named pipe in a file's place")
    func pipe() throws {
        #expect(unsafe mkfifo(folder("file"), 0o600) == 0)
        let refusal = #expect(throws: BundleError.self) { try GateFile.read(folder("file"), byteCountMax: 9) }
        #expect(refusal?.code == .unreadable)
        #expect(MappedStatusList(folder("file")) == nil)
    }

    @Test("is no file")
    func file() throws {
        try folder.write([], to: "state")
        let refusal = #expect(throws: BundleError.self) { try GateFile.makeFolder(folder("state")) }
        #expect(refusal?.code == .unreadable)
    }
}
