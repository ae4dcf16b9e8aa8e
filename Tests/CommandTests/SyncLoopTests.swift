import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

@Suite("verify sync --every")
struct SyncLoopTests {
    private let synced: SyncedGate

    init() throws {
        synced = try SyncedGate()
        let outcome = try synced.sync("--root", synced.gate.rootDigest)
        try #require(outcome.status == 0, "\(outcome)")
    }

    private func start() throws -> PipedProgram {
        try PipedProgram(
            "verify",
            ["sync", "--bundle", synced.bundle, "--from", synced.server.address, "--state", synced.state] + [
                "--every", "1",
            ],
            clock: synced.clock)
    }

    private func line(_ program: PipedProgram) throws -> JSONValue {
        try JSONValue.parse(program.readLine(), byteCountMax: 1 << 16)
    }

    /// Reads results until one has the version; a fetch between two files of a publication may come first.
    private func waits(for version: Int64, _ loop: PipedProgram) throws -> Bool {
        for _ in 0..<3 where try line(loop)["bundleVersion"]?.integer == version { return true }
        return false
    }

    @Test("lets a running stream refuse a code once it is revoked, without a restart")
    func stream() throws {
        let loop = try start()
        #expect(try line(loop)["updated"] == false)
        let stream = try PipedProgram(
            "verify",
            [
                "--bundle", synced.bundle, "--state", synced.state, "--root", synced.gate.rootDigest, "--scene",
                "object-inspection", "--stream",
            ], clock: synced.clock)
        let text = try synced.gate.object()
        func code() throws -> String? {
            try stream.write(Array((text + "\n").utf8))
            return try line(stream)["code"]?.string
        }
        #expect(try code() == "ok")
        try synced.publish(version: 6, listTime: VerifyGate.start + 5, revoked: [VerifyGate.revokedIndex, 3])
        #expect(try waits(for: 6, loop))
        var last = try code()
        for _ in 0..<600 where last == "ok" {
            usleep(50_000)
            last = try code()
        }
        #expect(last == "revoked")
        let diagnostics = try stream.diagnostics().split(separator: "\n")
        #expect(diagnostics.count == 1 && diagnostics[0].contains("epoch_keys_in_clear"), "\(diagnostics)")
        #expect(loop.end(by: SIGTERM) == 0)
        #expect(try loop.diagnostics() == "")
        _ = stream.finish()
    }

    @Test("reports a failure that stays once, goes on, and needs little memory")
    func failure() throws {
        let loop = try start()
        #expect(try line(loop)["updated"] == false)
        try synced.server.treat("*", .fails)
        _ = try synced.server.answers()
        while try synced.server.answers().isEmpty { usleep(50_000) }
        while try synced.server.answers().isEmpty { usleep(50_000) }
        try synced.publish(version: 6)
        try synced.server.treat("*", .honest)
        #expect(try waits(for: 6, loop))
        let status = String(decoding: try ProjectFiles.bytes("/proc/\(loop.process)/status"), as: UTF8.self)
        let words = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }?.split { !$0.isNumber }
        let kilobytes = try #require(words?.first.flatMap { Int($0) })
        #expect(kilobytes < 30 << 10)
        let reports = try loop.diagnostics().split(separator: "\n").filter { $0.contains("[server_unavailable]") }
        #expect(reports.count == 1)
        #expect(loop.end(by: SIGTERM) == 0)
    }

    @Test("ends at a signal while a server lets it wait, and leaves the generation")
    func signal() throws {
        try synced.server.treat("*", .hangs)
        let loop = try PipedProgram(
            "verify",
            [
                "sync", "--bundle", synced.bundle, "--from", synced.server.address, "--state", synced.state, "--every",
                "1", "--timeout", "2",
            ], clock: synced.clock)
        usleep(500_000)
        #expect(loop.end(by: SIGTERM) == 0)
        #expect(synced.current() == "generations/1")
        #expect(try synced.acceptedVersion() == 5)
    }
}
