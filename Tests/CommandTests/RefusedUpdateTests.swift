import Encoding
import Glibc
import Signing
import TestSupport
import Testing
import Gate

@Suite("A gate's stream whose folder gets a bad generation")
struct RefusedUpdateTests {
    private static let scene = "object-inspection"
    private static let list = "status/SH-object-lasting.cwt"
    private static let index: UInt64 = 3

    private let gate: VerifyGate
    private let good: [BundleExport.File]
    private let next: [BundleExport.File]
    private let stream: PipedProgram
    private let codes: [String]
    private let clock: SetClock

    init() throws {
        clock = try SetClock(at: VerifyGate.now)
        gate = try VerifyGate(version: 5)
        good = try gate.files(version: 6)
        next = try gate.files(
            version: 7, listTime: VerifyGate.start + 1, listTimeMin: VerifyGate.start + 1,
            revoked: [VerifyGate.revokedIndex, Self.index])
        codes = try [gate.object(index: Self.index), gate.object(index: 4)]
        for file in good { try gate.write(file.bytes, to: file.path, mode: mode_t(file.mode)) }
        stream = try PipedProgram(
            "verify",
            ["--bundle", gate.folder, "--scene", Self.scene, "--stream", "--root", gate.rootDigest], clock: clock)
        #expect(try verdicts() == Answer(codes: ["ok", "ok"], warnings: []))
    }

    private struct Answer: Equatable {
        var codes: [String]
        /// The last verdict's warnings.
        var warnings: [String]
    }

    /// The gate's verdicts on the code that the next generation revokes, and on another code.
    private func verdicts() throws -> Answer {
        var answer = Answer(codes: [], warnings: [])
        for code in codes {
            try stream.write(Array((code + "\n").utf8))
            let verdict = try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
            answer.codes.append(verdict["code"]?.string ?? "")
            answer.warnings = verdict["warnings"]?.array?.compactMap(\.string) ?? []
        }
        return answer
    }

    /// Replaces files of the folder, each in one step.
    private func install(_ files: [BundleExport.File]) throws {
        for file in files {
            try gate.write(file.bytes, to: "\(file.path).new", mode: mode_t(file.mode))
            try #require(unsafe rename("\(gate.folder)/\(file.path).new", "\(gate.folder)/\(file.path)") == 0)
        }
    }

    private func replaced(_ path: String, by bytes: [UInt8]?, in files: [BundleExport.File]) -> [BundleExport.File] {
        files.compactMap { file in
            file.path == path ? bytes.map { .init(path: path, bytes: $0, mode: file.mode) } : file
        }
    }

    private func errorCount() throws -> Int {
        try stream.diagnostics().split(separator: "\n").count { $0.hasPrefix("verify: error: ") }
    }

    /// Waits until the condition holds, as long as a busy machine may take.
    private func waits(for condition: () throws -> Bool) throws -> Bool {
        for _ in 0..<1200 {
            if try condition() { return true }
            usleep(50_000)
        }
        return false
    }

    /// Puts a bad generation into the folder, and requires that it is reported once and changes nothing.
    private func isRefused(_ files: [BundleExport.File], removing removed: String? = nil) throws {
        let (count, seen) = (try errorCount(), try SeenState(gate))
        try removed.map { unlinked in try #require(unsafe unlink("\(gate.folder)/\(unlinked)") == 0) }
        try install(files)
        #expect(try waits { try errorCount() > count })
        #expect(try verdicts() == Answer(codes: ["ok", "ok"], warnings: ["update_refused"]))
        #expect(try SeenState(gate) == seen)
        #expect(try stream.diagnostics().contains("verify: hint: "))
    }

    private func isMended(by files: [BundleExport.File], codes: [String]) throws {
        try install(files)
        #expect(try waits { try verdicts() == Answer(codes: codes, warnings: []) })
    }

    @Test("keeps its generation when a byte is altered or the end is missing, until that is corrected")
    func damaged() throws {
        defer { gate.remove() }
        for path in [BundleExport.bundleName, Self.list] {
            let bytes = try #require(next.first { $0.path == path }).bytes
            for part in 0..<16 {
                let place = bytes.count * part / 16
                try isRefused(replaced(path, by: Array(bytes[..<place]), in: next))
                var altered = bytes
                altered[place] ^= 1
                try isRefused(replaced(path, by: altered, in: next))
            }
            try isMended(by: good, codes: ["ok", "ok"])
        }
        try isMended(by: next, codes: ["revoked", "ok"])
    }

    @Test("keeps its generation for another root, an older version, other bytes, and wrong lists")
    func wrong() throws {
        defer { gate.remove() }
        let stranger = try SigningKey.generate(.ed25519)
        let revoked = [VerifyGate.revokedIndex, Self.index]
        let bad: [[BundleExport.File]] = [
            try gate.files(version: 7, revoked: revoked, rootKey: stranger),
            try gate.files(version: 5, revoked: revoked),
            try gate.files(version: 6, domains: [], revoked: revoked),
            try gate.files(version: 7, listTimeMin: VerifyGate.start + 1, revoked: revoked),
            try gate.files(version: 7, listTime: VerifyGate.start - 1, revoked: revoked),
            try gate.files(version: 7, revoked: revoked, listKey: stranger),
            try gate.files(version: 7, revoked: revoked, issuedAt: VerifyGate.now + 16),
            try gate.files(version: 7, listTime: VerifyGate.now + 16, revoked: revoked),
            try gate.files(version: 7, listTimeMin: VerifyGate.now + 16, revoked: revoked),
            try gate.files(version: VerifyGate.now + 86_401, revoked: revoked),
            try gate.files(version: .max, revoked: revoked),
            replaced(Self.list, by: Array("no list".utf8), in: next),
        ]
        for files in bad {
            // The root from the gate's start counts, whatever root is in the folder.
            try isRefused(files)
            try isMended(by: good, codes: ["ok", "ok"])
        }
        try isRefused(replaced(Self.list, by: nil, in: next), removing: Self.list)
        try isMended(by: next, codes: ["revoked", "ok"])
        #expect(try SeenState(gate).version == 7)
    }

    @Test("ignores a half-written generation, and loads it once it is whole")
    func halfWritten() throws {
        defer { gate.remove() }
        for file in next.dropLast() {
            try install([file])
            usleep(300_000)
            #expect(try verdicts() == Answer(codes: ["ok", "ok"], warnings: []))
        }
        #expect(try errorCount() == 0)
        try isMended(by: Array(next.suffix(1)), codes: ["revoked", "ok"])
        #expect(stream.finish() == 1)
    }
}
