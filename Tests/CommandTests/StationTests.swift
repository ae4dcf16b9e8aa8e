import Encoding
import Glibc
import TestSupport
import Testing

@Suite("Two gates of one station")
struct StationTests {
    @Test("refuse a showing at the second gate after it has merged the first one's store over its socket")
    func socket() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let text = try gate.shown(gate.person())
        let options = "--bundle \(gate.folder) --scene metro-gate --at \(VerifyGate.now) --text '\(text)'"
        let (first, second) = ("\(gate.folder)/first", "\(gate.folder)/second")
        #expect(try VerifyRun("\(options) --replay-store \(first)").code == "ok")
        let socket = "\(gate.folder)/first.sock"
        let server = try RunningProgram(
            "verify", ["replay", "serve", "--store", first, "--listen", socket, "--at", "\(VerifyGate.now)"])
        try RunningProgram.waitForSocket(socket)
        let merging = "replay merge --bundle \(gate.folder) --into \(second) --at \(VerifyGate.now) unix:\(socket)"
        var merge = try VerifyRun(merging)
        // A merge gives up after ten seconds; a debug build on a busy machine may need longer to read its store.
        for _ in 0..<20 where merge.status == 2 {
            merge = try VerifyRun(merging)
        }
        #expect(merge.lines == [["merged": 1]])
        #expect(try VerifyRun("\(options) --replay-store \(second)").code == "replayed")
        server.end(SIGKILL)
        #expect(try VerifyRun("replay merge --into \(second) unix:\(socket)").status == 2)
    }

    @Test("report a misspelt store, and make none of that name")
    func misspeltStore() throws {
        let folder = try ScratchFolder()
        for words in [
            ["merge", "--into", folder("own"), folder("misspelt")],
            ["serve", "--store", folder("misspelt"), "--listen", folder("socket")],
        ] {
            let outcome = try Program("verify").run(["replay"] + words)
            #expect(outcome.status == 2 && outcome.output.isEmpty)
            #expect(outcome.diagnostics.contains("bundle_unreadable"), "\(outcome.diagnostics)")
            #expect(unsafe access(folder("misspelt"), F_OK) != 0 && access(folder("socket"), F_OK) != 0)
        }
    }

    @Test("that share a file accept a showing once, however many ask at the same time")
    func sharedFile() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let folder = try ScratchFolder()
        let text = try gate.shown(gate.person())
        let input = try folder.write(Array(String(repeating: text + "\n", count: 50).utf8), to: "lines")
        var gates: [RunningProgram] = []
        for number in 0..<4 {
            gates.append(
                try RunningProgram(
                    "verify",
                    [
                        "--bundle", gate.folder, "--scene", "metro-gate", "--at", "\(VerifyGate.now)", "--stream",
                        "--plain", "--replay-store", folder("shared"),
                    ], input: input, output: folder("verdicts\(number)")))
        }
        for running in gates { running.wait() }
        let lines = try (0..<4).flatMap { try ProjectFiles.bytes(folder("verdicts\($0)")).split(separator: 10) }
        let accepted = lines.count { $0.starts(with: Array("accept ok".utf8)) }
        #expect(lines.count == 200 && accepted == 1)
    }
}
