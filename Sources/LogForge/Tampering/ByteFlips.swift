import Synchronization
package import TraceLog

/// Flips the bytes of a log one at a time, and audits each copy.
package struct ByteFlips: Sendable {
    /// What the audits of the copies said.
    package struct Tally: Sendable {
        package var copyCount = 0
        /// How many copies each code was told first of; `ok` among them is a byte that may be anything.
        package var codes: [String: Int] = [:]
        /// Where a flipped byte passed as intact.
        package var intact: [String] = []
    }

    /// The files that an audit of the honest log reads, by their paths; those of older checkpoints are not among them.
    package let files: [String: [UInt8]]
    private let options: AuditOptions

    /// Reads an honest log.
    ///
    /// - Throws: `AuditSourceError`, or ``TraceLogError`` unless the log is intact by these options.
    package init(_ source: some AuditSource, options: AuditOptions) async throws {
        let recorder = Recorder(source: source)
        let report = try await Auditor(source: recorder, options: options).audit().report
        guard report.verdict == .intact else { throw Tamperer.unfit("the verdict \(report.code)") }
        files = recorder.files.withLock { $0 }
        self.options = options
    }

    /// Flips every byte whose place in its file gives `rest` when it is divided by `stride`: one bit, or each in turn.
    package func audit(everyBit: Bool = false, stride: Int = 1, rest: Int = 0) async throws -> Tally {
        let threadCount = options.threadCount
        let paths = files.keys.sorted()
        return try await withThrowingTaskGroup(of: Tally.self) { group in
            for thread in 0..<threadCount {
                group.addTask {
                    var tally = Tally()
                    var number = 0
                    for path in paths {
                        for position in Swift.stride(from: rest, to: files[path]?.count ?? 0, by: stride) {
                            number += 1
                            guard number % threadCount == thread else { continue }
                            for bit in everyBit ? 0..<8 : position % 8..<position % 8 + 1 {
                                try await flip(path, position, UInt8(1 << bit), &tally)
                            }
                        }
                    }
                    return tally
                }
            }
            return try await group.reduce(into: Tally()) { all, part in
                all.copyCount += part.copyCount
                all.codes.merge(part.codes, uniquingKeysWith: +)
                all.intact += part.intact
            }
        }
    }

    private func flip(_ path: String, _ position: Int, _ mask: UInt8, _ tally: inout Tally) async throws {
        var copy = FileLog(files: files)
        copy.files[path]?[position] ^= mask
        let report = try await Auditor(source: copy, options: options).audit().report
        tally.copyCount += 1
        tally.codes[report.code, default: 0] += 1
        if report.verdict == .intact { tally.intact.append("\(path):\(position)") }
    }
}

/// A log that is held in memory.
private struct FileLog: AuditSource {
    var files: [String: [UInt8]]

    func read(_ path: String, byteCountMax: Int) -> [UInt8]? { files[path] }
}

/// Keeps what an audit reads.
private final class Recorder<Source: AuditSource>: AuditSource {
    private let source: Source
    let files = Mutex<[String: [UInt8]]>([:])

    init(source: Source) {
        self.source = source
    }

    func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        let bytes = try source.read(path, byteCountMax: byteCountMax)
        if let bytes { files.withLock { $0[path] = bytes } }
        return bytes
    }
}
