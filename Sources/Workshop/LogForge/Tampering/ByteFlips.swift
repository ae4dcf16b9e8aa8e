import Synchronization
package import TraceLog

/// Flips the bytes of a log one at a time, and audits each copy.
package struct ByteFlips: Sendable {
    /// The results of the audits of all copies.
    package struct Tally: Sendable {
        package var copyCount = 0
        /// The number of copies for each code; `ok` counts bytes that the audit does not depend on.
        package var codes: [String: Int] = [:]
        /// The places of flipped bytes that passed as intact.
        package var intact: [String] = []

        fileprivate mutating func add(_ part: Tally) {
            copyCount += part.copyCount
            codes.merge(part.codes, uniquingKeysWith: +)
            intact += part.intact
        }
    }

    /// The files that an audit of the honest log reads, by path; older checkpoints' files are not among them.
    package let files: [String: [UInt8]]
    private let options: AuditOptions

    /// Reads an honest log.
    ///
    /// - Throws: `AuditSourceError`, or ``TraceLogError`` unless the log is intact by these options.
    package init(_ source: some AuditSource, options: AuditOptions) async throws {
        let recorder = Recorder(source: source)
        let report = try await Auditor(source: recorder, options: options).audit().report
        guard report.verdict == .intact else { throw Tamperer.unfit("its audit says \(report.code)") }
        files = recorder.files.withLock { $0 }
        self.options = options
    }

    /// Flips one bit, or each bit in turn, of every byte whose position modulo `stride` is `rest`.
    ///
    /// Calls `progress` from time to time with the number of bytes flipped since the last call.
    package func audit(
        everyBit: Bool = false, stride: Int = 1, rest: Int = 0, progress: (_ byteCount: Int) -> Void = { _ in }
    ) async throws -> Tally {
        var pieces = pieces(stride: stride, rest: rest)[...]
        return try await withThrowingTaskGroup(of: Tally.self) { group in
            for piece in pieces.prefix(options.threadCount) { group.addTask { try await flip(piece, everyBit) } }
            pieces = pieces.dropFirst(options.threadCount)
            var all = Tally()
            while let part = try await group.next() {
                if let piece = pieces.popFirst() { group.addTask { try await flip(piece, everyBit) } }
                all.add(part)
                progress(everyBit ? part.copyCount / 8 : part.copyCount)
            }
            return all
        }
    }

    private func pieces(stride: Int, rest: Int) -> [Piece] {
        files.keys.sorted().flatMap { path in
            let positions = Array(Swift.stride(from: rest, to: files[path]?.count ?? 0, by: stride))
            return Swift.stride(from: 0, to: positions.count, by: Piece.byteCountMax).map { start in
                Piece(path: path, positions: Array(positions[start...].prefix(Piece.byteCountMax)))
            }
        }
    }

    private func flip(_ piece: Piece, _ everyBit: Bool) async throws -> Tally {
        var options = options
        // Each thread audits a copy of its own.
        options.threadCount = 1
        var tally = Tally()
        var copy = FileLog(files: files)
        for position in piece.positions {
            for bit in everyBit ? 0..<8 : position % 8..<position % 8 + 1 {
                copy.files[piece.path]?[position] ^= 1 << UInt8(bit)
                let report = try await Auditor(source: copy, options: options).audit().report
                copy.files[piece.path]?[position] ^= 1 << UInt8(bit)
                tally.copyCount += 1
                tally.codes[report.code, default: 0] += 1
                if report.verdict == .intact { tally.intact.append("\(piece.path):\(position)") }
            }
        }
        return tally
    }

    /// Bytes of one file that one thread flips in turn.
    private struct Piece {
        static let byteCountMax = 64

        let path: String
        let positions: [Int]
    }
}

/// A log that is held in memory.
private struct FileLog: AuditSource {
    var files: [String: [UInt8]]

    func read(_ path: String, byteCountMax: Int) -> [UInt8]? { files[path] }
}

/// Records the files that an audit reads.
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
