import Glibc
import TestSupport
import Testing

@Suite("Exports to one folder at once")
struct ExportAtOnceTests {
    @Test("are refused but one, and the refused one leaves no version behind")
    func locked() throws {
        let suishen = try SuishenRun()
        let out = suishen.folder("bundle")
        try suishen.answer(["bundle", "export", "--out", out])
        let before = try ProjectFiles.bytes(out + "/bundle.cbor")
        let other = unsafe open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try #require(flock(other, LOCK_EX | LOCK_NB) == 0)
        #expect(try suishen.isRefused(["bundle", "export", "--out", out], code: "output_busy"))
        #expect(try ProjectFiles.bytes(out + "/bundle.cbor") == before)
        close(other)
        try suishen.answer(["bundle", "export", "--out", out])
        #expect(try ProjectFiles.bytes(out + "/bundle.cbor") != before)
        let trail = try suishen.run(["audit"]).output
        #expect(trail.split(separator: "bundle.export").count == 3, "\(trail)")
    }

    @Test("that fail leave no folder that was not there")
    func failure() throws {
        let suishen = try SuishenRun()
        let out = suishen.folder("bundle")
        #expect(
            try suishen.isRefused(["bundle", "export", "--out", out, "--lifetime", "1"], code: "lifetime_too_long"))
        #expect(!ProjectFiles.exists(out))
    }
}
