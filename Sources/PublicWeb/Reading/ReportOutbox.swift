import Encoding
import Glibc
import Platform

/// The file in which reports of faults wait for the managers: one JSON object a line, appended and synced.
///
/// It says nothing about who reported. Its length and the reports a minute and an object are bounded.
final class ReportOutbox: Sendable {
    static let byteCountMax = 16 << 20
    static let countAMinuteMax = 60
    static let countAnObjectMax = 10
    static let objectWindowMilliseconds = 3_600_000

    private let path: String
    private let allowance = ReportAllowance()

    init(path: String) {
        self.path = path
    }

    /// Appends a report.
    ///
    /// - Parameters:
    ///   - report: the report.
    ///   - object: the object's identifier.
    ///   - manager: the USCC of the object's manager.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `reports_too_many`, `outbox_full`.
    func append(_ report: FaultReport, about object: [UInt8], manager: String, at now: UInt64) throws(WebError) {
        guard allowance.take(object, at: MonotonicClock.milliseconds()) else {
            throw WebError(.reportsTooMany, "there are many reports now", hint: "send the report again later")
        }
        let line: JSONValue = [
            "object": .string(Hex.encode(object)), "manager": .string(manager), "kind": .string(report.kind),
            "text": .string(report.text), "at": .integer(Int64(clamping: now)),
        ]
        guard write(Array((line.encoded() + "\n").utf8)) else {
            throw WebError(.outboxFull, "the report cannot be kept", hint: "collect the reports in the outbox")
        }
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else { return false }
        let file = LockedFile(descriptor, at: path)
        let written = try? file.exclusively(failure: { $0 }) { () throws(LockedFileError) -> Bool in
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                Int(status.st_size) + bytes.count <= Self.byteCountMax
            else { return false }
            return WholeTransfer.write(bytes, to: descriptor) && fsync(descriptor) == 0
        }
        return written == true
    }
}
