import ArgumentParser
import Glibc
import Signing
import TraceLog

/// Measures an audit beside SHA-256 alone over as many blocks, in one process.
@main
struct AuditBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit-bench", abstract: "Measure a hash-only audit beside raw SHA-256 of as many bytes.")

    @Argument(help: "The log's folder.")
    var log: String

    @Option(help: "The log's verifier key.")
    var key: String

    @Option(help: "How many threads either has.")
    var threads = 2

    @Option(help: "How often either is measured; the best counts.")
    var rounds = 3

    func run() async throws {
        let source = DirectoryLog(folder: log)
        var options = AuditOptions()
        options.key = try NoteKey(vkey: key)
        options.signatures = .none
        options.threadCount = threads
        guard let bytes = try source.read("checkpoint", byteCountMax: SignedNote.byteCountMax) else {
            throw ValidationError("\(log) has no checkpoint")
        }
        options.anchors = [try Checkpoint(text: SignedNote(bytes: bytes).text)]
        let blockCount = try Self.blockCount(source, size: options.anchors[0].size)
        var best: (audit: Double, raw: Double) = (.infinity, .infinity)
        var report: AuditReport?
        for _ in 0..<rounds {
            let start = Self.seconds()
            report = try await Auditor(source: source, options: options).audit().report
            best.audit = min(best.audit, Self.seconds() - start)
            best.raw = min(best.raw, await Self.raw(blockCount: blockCount, threadCount: threads))
        }
        guard let report, report.verdict == .intact else { throw ValidationError("the log is not intact") }
        let rate = Double(report.size) / best.audit
        print(
            """
            {"entries":\(report.size),"objects":\(report.objectCount),"threads":\(threads),\
            "seconds":\(Self.rounded(best.audit)),"entriesPerSecond":\(Int(rate)),\
            "blocksPerSecond":\(Int(blockCount / best.audit)),"rawBlocksPerSecond":\(Int(blockCount / best.raw)),\
            "ratio":\(Self.rounded(best.raw / best.audit)),"peakKilobytes":\(Self.peakKilobytes())}
            """)
    }

    /// How many blocks of 64 bytes the audit must compress: its leaves', and two for each node above them.
    private static func blockCount(_ source: DirectoryLog, size: UInt64) throws -> Double {
        // Bundles are alike in a log that was made for this; one in 256 tells of all.
        var (blocks, entries) = (0.0, 0.0)
        let bundleCount = (size + 255) / 256
        for bundle in stride(from: 0, to: bundleCount, by: Int(max(1, bundleCount / 256))) {
            let width = TilePath.width(kind: .entries, index: bundle, size: size)
            let path = TilePath(kind: .entries, index: bundle, width: width).path
            guard let bytes = try source.read(path, byteCountMax: EntryBundle.byteCountMax) else { continue }
            for range in try EntryBundle(bytes: bytes, width: width).ranges {
                blocks += Double((range.count + 1 + 9 + 63) / 64)
                entries += 1
            }
        }
        return Double(size) * (blocks / entries + 2)
    }

    /// Seconds for that many blocks through the library, in messages of 16 KiB, where it is at its best.
    private static func raw(blockCount: Double, threadCount: Int) async -> Double {
        let messageByteCount = 16_384
        let messageCount = Int(blockCount / Double(messageByteCount / 64 + 1) / Double(threadCount))
        let start = seconds()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<threadCount {
                group.addTask {
                    let message = [UInt8](repeating: 7, count: messageByteCount)
                    var hasher = Hasher(.sha256)
                    var digest = [UInt8](repeating: 0, count: 32)
                    for _ in 0..<messageCount {
                        unsafe message.withUnsafeBytes { unsafe hasher.update($0) }
                        unsafe digest.withUnsafeMutableBytes { unsafe hasher.finalize(into: $0) }
                    }
                }
            }
        }
        return seconds() - start
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private static func seconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// As /proc has it: what getrusage says counts the program that started this one.
    private static func peakKilobytes() -> Int {
        guard let file = unsafe fopen("/proc/self/status", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                .split(whereSeparator: \.isWhitespace)
            if words.first == "VmHWM:", words.count > 1 { return Int(words[1]) ?? 0 }
        }
        return 0
    }
}
