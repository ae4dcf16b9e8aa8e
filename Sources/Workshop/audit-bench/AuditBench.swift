import ArgumentParser
import Glibc
import Signing
import TraceLog

/// Measures an audit beside raw SHA-256 over the same number of blocks, in one process.
@main
struct AuditBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit-bench",
        abstract: "Measure a hash-only audit beside raw SHA-256 of the same number of bytes.",
        discussion: """
            Raw SHA-256 is measured twice, each time on as many threads as the audit: by OpenSSL over messages of \
            16 KiB, as `openssl speed` does, and by this project's code, which hashes four messages at once.
            """)

    @Argument(help: "The log's folder.")
    var log: String

    @Option(help: "The log's verifier key.")
    var key: String

    @Option(help: "The number of threads of each.")
    var threads = 2

    @Option(help: "The number of measurements of each, by turns; the best counts.")
    var rounds = 3

    func run() async throws {
        let source = LogFolderSource(folder: log)
        var options = AuditOptions()
        options.key = try NoteKey(vkey: key)
        options.signatures = .none
        options.threadCount = threads
        guard let bytes = try source.read("checkpoint", byteCountMax: SignedNote.byteCountMax) else {
            throw ValidationError("\(log) has no checkpoint")
        }
        options.anchors = [try Checkpoint(note: bytes)]
        let blockCount = try AuditBlocks(source, size: options.anchors[0].size).count
        var (audit, library, lanes) = (Stopwatch(), Stopwatch(), Stopwatch())
        var report: AuditReport?
        for _ in 0..<rounds {
            library.start()
            await RawHashing.library(blockCount: blockCount, threadCount: threads)
            library.stop()
            audit.start()
            report = try await Auditor(source: source, options: options).audit().report
            audit.stop()
            lanes.start()
            await RawHashing.lanes(blockCount: blockCount, threadCount: threads)
            lanes.stop()
        }
        guard let report, report.verdict == .intact else { throw ValidationError("the log is not intact") }
        print(
            """
            {"entries":\(report.size),"objects":\(report.objectCount),"threads":\(threads),"blocks":\(blockCount),\
            "seconds":\(rounded(audit.best)),"processorSeconds":\(rounded(audit.bestProcessor)),\
            "entriesPerSecond":\(Int(Double(report.size) / audit.best)),\
            "library":\(ratios(library, audit)),"lanes":\(ratios(lanes, audit)),"peakKilobytes":\(Self.peakKilobytes())}
            """)
    }

    /// The time of raw hashing as a share of the audit's time: by the clock, and in processor time.
    private func ratios(_ raw: Stopwatch, _ audit: Stopwatch) -> String {
        """
        {"seconds":\(rounded(raw.best)),"ratio":\(rounded(raw.best / audit.best)),\
        "processorRatio":\(rounded(raw.bestProcessor / audit.bestProcessor))}
        """
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    /// The peak memory from /proc; getrusage would include the program that started this one.
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
