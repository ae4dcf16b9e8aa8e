import Glibc
import TestSupport
import Testing

@Suite("A command that crashes")
struct CrashSecrecyTests {
    /// Without SIGABRT, which the test's own threads block, and so their children do too.
    private static let crashSignals = [SIGSEGV, SIGILL, SIGTRAP]

    /// Starts a command that waits, with crash reports and core dumps switched on.
    ///
    /// - Parameters:
    ///   - command: the command's name.
    ///   - words: its arguments.
    ///   - folder: its working folder, which a core dump would be written to.
    /// - Returns: the command, which has begun its work.
    /// - Throws: when it cannot be started.
    private func waiting(_ command: String, _ words: [String], in folder: ScratchFolder) throws -> PipedProgram {
        let program = try PipedProgram(
            command, words,
            script: """
                cd \(folder.path); ulimit -c unlimited; export SWIFT_BACKTRACE=enable=yes,color=no; exec "$0" "$@"
                """)
        // Its start sets the limit of core dumps to 0 after it has dropped the runtime's handlers of crashes.
        for _ in 0..<1000 {
            let name = try proc("comm", of: program).dropLast()
            let limits = try proc("limits", of: program).split(separator: "\n")
            let core = limits.first { $0.hasPrefix("Max core file size") }?.split(separator: " ").dropFirst(4).first
            if name == command, core == "0" { break }
            usleep(10_000)
        }
        return program
    }

    private func proc(_ name: String, of program: PipedProgram) throws -> String {
        String(decoding: try ProjectFiles.bytes("/proc/\(program.process)/\(name)"), as: UTF8.self)
    }

    @Test("prints no memory and leaves no core dump, whatever the environment asks for", arguments: crashSignals)
    func silent(signal: Int32) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let installation = try SuishenRun()
        for (command, words) in [
            ("suishen", ["inspect", "-"]), ("suishend", ["--state", installation.folder("state")]),
            ("verify", ["--bundle", gate.folder, "--scene", "park", "--stream"]),
            ("chain-verify", ["inclusion", "--proof", "-"]),
        ] {
            let folder = try ScratchFolder()
            let program = try waiting(command, words, in: folder)
            let status = program.end(by: signal)
            let said = try program.diagnostics()
            #expect(status == 128 + signal, "\(command): \(said)")
            for word in ["Backtrac", "crashed", "Thread", "0x"] { #expect(!said.contains(word), "\(command): \(said)") }
            #expect(unsafe access(folder("core"), F_OK) != 0, "\(command)")
        }
    }
}
