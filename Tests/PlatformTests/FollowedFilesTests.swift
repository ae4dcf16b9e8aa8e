import Glibc
import Platform
import TestSupport
import Testing

@Suite("Files that are followed")
struct FollowedFilesTests {
    private static func looks(_ count: Int, at files: inout FollowedFiles) -> [Bool] {
        (0..<count).map { _ in files.look() }
    }

    @Test("are taken once they have changed and stayed the same from one look to the next, and not again")
    func settled() throws {
        let folder = try ScratchFolder()
        let paths = [folder("a"), folder("b")]
        try folder.write([1], to: "a")
        var files = FollowedFiles(paths)
        var looks = Self.looks(2, at: &files)
        #expect(looks == [false, false])
        // Missing before, and then half written.
        try folder.write([1], to: "b")
        looks = Self.looks(1, at: &files)
        #expect(looks == [false])
        try folder.write([1, 2], to: "b")
        looks = Self.looks(3, at: &files)
        #expect(looks == [false, true, false])
    }

    @Test("count as changed when another file comes in their place, also behind a link")
    func replaced() throws {
        let folder = try ScratchFolder()
        try folder.write([1], to: "one")
        try folder.write([1], to: "two")
        #expect(unsafe symlink(folder("one"), folder("link")) == 0)
        var files = FollowedFiles([folder("link")])
        var looks = Self.looks(1, at: &files)
        #expect(looks == [false])
        #expect(unsafe symlink(folder("two"), folder("new")) == 0)
        #expect(unsafe rename(folder("new"), folder("link")) == 0)
        looks = Self.looks(3, at: &files)
        #expect(looks == [false, true, false])
        unsafe unlink(folder("two"))
        looks = Self.looks(2, at: &files)
        #expect(looks == [false, true])
    }
}
