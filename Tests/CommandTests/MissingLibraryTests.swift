import QRStandard
import Credential
import Encoding
import Glibc
import QRDrawing
import TestSupport
import Testing

@Suite("A library that the scanner cannot load")
struct MissingLibraryTests {
    /// What the loader finds under zbar's name.
    enum Found: CaseIterable {
        case noLibrary
        case libraryWithoutItsFunctions
    }

    /// A folder that the loader searches first, with another file under zbar's name.
    private func folder(_ found: Found) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        switch found {
        case .noLibrary: try folder.write(Array("no library".utf8), to: "libzbar.so.0")
        case .libraryWithoutItsFunctions:
            let maps = String(decoding: try ProjectFiles.bytes("/proc/self/maps"), as: UTF8.self)
            let path = try #require(maps.split { $0 == "\n" || $0 == " " }.first { $0.hasSuffix("/libc.so.6") })
            try #require(unsafe symlink(String(path), folder("libzbar.so.0")) == 0)
        }
        return folder
    }

    private func verify(_ words: [String], in folder: ScratchFolder, input: [UInt8] = []) throws -> Program.Outcome {
        let script = "LD_LIBRARY_PATH=\(folder.path) exec \"$0\" \"$@\""
        return try Program("verify").run(words, input: input, script: script)
    }

    private let empty = ProjectFiles.fixtures + "/scans/empty.png"

    @Test("is named in place of no_code, and a list of pictures is not begun", arguments: Found.allCases)
    func decode(found: Found) throws {
        let folder = try folder(found)
        let one = try verify(["decode", empty], in: folder)
        #expect(one.status == 2 && one.output.isEmpty)
        #expect(one.diagnostics.contains("[library_missing]") && one.diagnostics.contains("libzbar0"))
        let many = try verify(["decode", "--paths"], in: folder, input: Array((empty + "\n").utf8))
        #expect(many.status == 2 && many.output.isEmpty && many.diagnostics.contains("[library_missing]"))
        for words in [["--no-zbar", empty], ["--no-zbar", "--paths"]] {
            let own = try verify(["decode"] + words, in: folder, input: Array((empty + "\n").utf8))
            #expect(!own.diagnostics.contains("library_missing"), "our own reader needs no library")
        }
        let whole = try Program("verify").run(["decode", empty])
        #expect(whole.status == 2 && whole.diagnostics.contains("[no_code]"))
    }

    @Test("keeps a gate undecided on a picture without a code, and on every film", arguments: Found.allCases)
    func gate(found: Found) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let folder = try folder(found)
        let options = ["--bundle", gate.folder, "--scene", "enterprise-inspection", "--at", "\(VerifyGate.now)"]
        let picture = try verify(options + [empty], in: folder)
        let run = try VerifyRun(picture)
        #expect(run.code == "input_unreadable" && run.verdict == "undecided" && run.status == 2)
        #expect(picture.diagnostics.contains("[library_missing]"))
        let code = try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
        var film = Film()
        try film.show([code])
        let frames = try verify(options + ["--frames", Film.size], in: folder, input: film.bytes)
        #expect(try VerifyRun(frames).code == "input_unreadable" && frames.status == 2)
        #expect(frames.diagnostics.contains("[library_missing]"))
    }

    @Test("is not missed where a code is read without it")
    func unneeded() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let folder = try folder(.noLibrary)
        let code = try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
        let picture = try folder.write(QRSymbol.encode(code).png(modulePixels: 4), to: "code.png")
        let options = ["--bundle", gate.folder, "--scene", "enterprise-inspection", "--at", "\(VerifyGate.now)"]
        let run = try VerifyRun(verify(options + [picture], in: folder))
        #expect(run.code == "ok" && run.status == 0)
    }
}
